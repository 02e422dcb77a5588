"""Carts on a real database, with two copies of the service at once: one order per version, and nothing half done."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id, new_id
from orders.domain.cart import Cart, CartLine, Look
from orders.domain.errors import CartChanged, CartNotFound
from orders.storage.carts import CartQueries
from orders.use_cases.order_cart import CartToOrder
from orders.use_cases.place_order import PlaceOrder, place_order
from orders.use_cases.remove_cart import RemoveCart, remove_cart
from services.orders.tests.builders import a_cart, a_line_look, an_order, deliver_to
from services.orders.tests.conftest import OrdersInProcess

pytestmark = pytest.mark.storage

ROUNDS = 10


@pytest.fixture
async def copies(service: OrdersInProcess) -> AsyncIterator[tuple[OrdersInProcess, OrdersInProcess]]:
    """Two copies of the service over one database."""
    other = OrdersInProcess(service.engine)
    await other.executor.start()
    yield service, other
    await other.executor.stop()


async def kept(service: OrdersInProcess, **changes: Any) -> Cart:
    cart = a_cart(id=new_id(), buyer_id=new_id(), **changes)
    await service.executor.run(lambda uow, now: uow.carts.add(cart))
    return cart


def to_order(cart: Cart) -> PlaceOrder:
    wanted = CartToOrder(cart.id, cart.version, keep=False, prices={})
    return PlaceOrder(new_id(), cart.buyer_id, "fr-pro", (), deliver_to(), cart=wanted)


async def tried(service: OrdersInProcess, use_case: Any, command: Any) -> Any:
    """What came of it, or how it was refused."""
    try:
        return await service.executor.run(partial(use_case, command))
    except DomainError as refusal:
        return type(refusal)


async def test_a_cart_comes_back_as_it_was_kept(service: OrdersInProcess) -> None:
    lines = CartLine(1, new_id(), 3, ("case", "windows_11"), "Blue ones"), CartLine(2, new_id(), 1)
    seen = Look((a_line_look(1), a_line_look(2, None, "unknown_offer", 0)), {new_id(): 900})
    cart = await kept(service, contents=a_cart(*lines).contents, seen=seen, order_id=new_id(), leaves_with=new_id())
    assert await CartQueries(service.engine).cart(cart.id, cart.buyer_id) == cart


async def test_two_copies_that_order_one_cart_make_one_order(copies: tuple[OrdersInProcess, OrdersInProcess]) -> None:
    for _ in range(ROUNDS):
        cart = await kept(copies[0])
        came = await asyncio.gather(*(tried(copies[n % 2], place_order, to_order(cart)) for n in range(6)))
        assert came.count(CartChanged) == 5
        (order_id,) = [one for one in came if isinstance(one, Id)]
        assert (await CartQueries(copies[0].engine).cart(cart.id, None)).order_id == order_id


async def test_a_cart_that_is_ordered_and_removed_at_once_is_gone_and_its_order_is_whole_or_not_there(
    copies: tuple[OrdersInProcess, OrdersInProcess],
) -> None:
    for _ in range(ROUNDS):
        cart = await kept(copies[0])
        order = to_order(cart)
        removal = RemoveCart(cart.id, cart.buyer_id)
        came, _ = await asyncio.gather(tried(copies[0], place_order, order), tried(copies[1], remove_cart, removal))
        with pytest.raises(CartNotFound):
            await CartQueries(copies[0].engine).cart(cart.id, None)
        async with copies[0].engine.connect() as connection:
            written = await connection.execute(
                text("select lines->0->>'offer_id', cart_version from orders where id = :id"), {"id": order.order_id}
            )
        offer = str(cart.contents.lines[0].offer_id)
        assert (came, written.all()) in [(order.order_id, [(offer, 1)]), (CartNotFound, [])]


async def test_the_database_itself_knows_one_order_of_each_version_of_a_cart(service: OrdersInProcess) -> None:
    cart_id = new_id()
    first, second = (an_order(number=number, cart_id=cart_id, cart_version=1) for number in (900_001, 900_002))
    await service.add(first)
    with pytest.raises(IntegrityError):
        await service.add(second)
    await service.add(an_order(number=900_003, cart_id=cart_id, cart_version=2))
