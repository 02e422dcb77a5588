"""Saved carts in use cases: shared by a company, ordered once, looked at once."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.kernel.errors import Overtaken
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from orders.domain.cart import CARTS_MAX, Cart, CartLine, Look
from orders.domain.errors import (
    CartChanged,
    CartNameTaken,
    CartNotFound,
    CurrencyNotAccepted,
    ExpectedPriceWithoutLine,
    TooManyCarts,
)
from orders.domain.notes import Notes
from orders.domain.order import OrderLine
from orders.domain.reservation import Refusal
from orders.use_cases.note_cart_seen import FindUnseenCart, NoteCartSeen, find_unseen_cart, note_cart_seen
from orders.use_cases.order_cart import CartToOrder
from orders.use_cases.place_order import PlaceOrder, place_order
from orders.use_cases.refuse_order import RefuseOrder, refuse_order
from orders.use_cases.remove_cart import RemoveCart, remove_cart
from orders.use_cases.save_cart import LOOK_AT_CART, SaveCart, save_cart
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation
from services.orders.tests.builders import (
    BUYER,
    CAS,
    DEE,
    NOW,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_cart,
    a_held_line,
    a_line_look,
    a_party,
    deliver_to,
    held_stock,
)

STRANGER = Id("00000000-0000-7000-8000-00000000b002")
OFFER = a_cart().contents.lines[0].offer_id


def to_save(name: str = "Phones", **changes: Any) -> SaveCart:
    return replace(SaveCart(new_id(), BUYER, "fr-pro", name, (CartLine(1, OFFER, 2),), saved_by=DEE), **changes)


def to_order(cart: Cart, *, keep: bool = False, version: int | None = None, **changes: Any) -> PlaceOrder:
    """An order of a cart as its buyer has read it."""
    wanted = CartToOrder(cart.id, version or cart.version, keep, changes.pop("prices", {}))
    return replace(PlaceOrder(new_id(), BUYER, "fr-pro", (), deliver_to(), cart=wanted), **changes)


def a_shop(*carts: Cart) -> MemoryOrdersUnitOfWork:
    return MemoryOrdersUnitOfWork(carts=carts, parties=[a_party(BUYER), a_party(SELLER)])


async def test_a_cart_is_kept_with_the_prices_of_its_market_and_will_be_looked_at() -> None:
    uow = a_shop()
    cart = await save_cart(to_save(), uow, NOW)
    assert (cart.contents.price_country, cart.contents.currency, cart.market) == ("FR", "EUR", "fr-pro")
    assert (LOOK_AT_CART, cart.id) in uow.timers.open
    with pytest.raises(CurrencyNotAccepted):
        await save_cart(to_save("Dollars", currency="USD"), uow, NOW)


async def test_another_person_of_the_company_saves_it_anew_but_not_over_what_it_has_not_seen() -> None:
    uow = a_shop(cart := a_cart())
    again = to_save(cart_id=cart.id, saved_by=CAS, version=1, lines=(CartLine(1, OFFER, 5),))
    saved = await save_cart(again, uow, NOW)
    assert (saved.version, saved.saved_by, saved.contents.lines[0].quantity) == (2, CAS, 5)
    with pytest.raises(Overtaken):
        await save_cart(again, uow, NOW)


async def test_a_company_tells_its_carts_apart_by_their_names() -> None:
    uow = a_shop(cart := a_cart(), other := a_cart(buyer_id=STRANGER))
    with pytest.raises(CartNameTaken) as refused:
        await save_cart(to_save(), uow, NOW)
    assert refused.value.facts["cart_id"] == str(cart.id)
    tablets = await save_cart(to_save("Tablets"), uow, NOW)
    with pytest.raises(CartNameTaken):
        await save_cart(to_save(cart_id=tablets.id, version=1), uow, NOW)
    # Under its own name, or that of another company's cart, it is saved.
    await save_cart(to_save(cart_id=cart.id, version=1), uow, NOW)
    assert uow.carts.rows[other.id].contents.name == "Phones"


async def test_a_company_keeps_so_many_carts_and_may_still_change_them() -> None:
    uow = a_shop()
    for n in range(CARTS_MAX):
        cart = await save_cart(to_save(f"Cart {n}"), uow, NOW)
    with pytest.raises(TooManyCarts):
        await save_cart(to_save("One more"), uow, NOW)
    await save_cart(to_save("Renamed", cart_id=cart.id, version=1), uow, NOW)
    await remove_cart(RemoveCart(cart.id, BUYER), uow, NOW)
    await save_cart(to_save("One more"), uow, NOW)


async def test_a_cart_does_not_exist_for_another_company() -> None:
    uow = a_shop(cart := a_cart())
    with pytest.raises(CartNotFound):
        await remove_cart(RemoveCart(cart.id, STRANGER), uow, NOW)
    with pytest.raises(CartNotFound):
        await save_cart(to_save("Mine now", cart_id=cart.id, buyer_id=STRANGER, version=1), uow, NOW)
    with pytest.raises(CartNotFound):
        await place_order(to_order(cart, buyer_id=STRANGER), uow, NOW)
    assert uow.carts.rows == {cart.id: cart}


async def test_an_order_of_a_cart_has_its_lines_and_the_prices_the_buyer_agrees_to() -> None:
    second = CartLine(2, a_line_look(2).offer_id, 3, ("case",), "Blue ones")
    cart = a_cart(*a_cart().contents.lines, second)
    uow = a_shop(replace(cart, contents=replace(cart.contents, note="By the back door")))
    order_id = await place_order(to_order(cart, prices={OFFER: Money(9_000, "EUR")}), uow, NOW)
    order = uow.orders.rows[order_id]
    assert order.lines == (OrderLine(1, OFFER, 2, 9_000), OrderLine(2, second.offer_id, 3, None, ("case",)))
    assert (order.cart_id, order.cart_version) == (cart.id, 1)
    assert order.notes == Notes("By the back door", {2: "Blue ones"})


async def test_a_note_of_the_order_takes_the_place_of_the_carts() -> None:
    cart = a_cart()
    uow = a_shop(replace(cart, contents=replace(cart.contents, note="By the back door")))
    order_id = await place_order(to_order(cart, notes=Notes("By the front door")), uow, NOW)
    assert uow.orders.rows[order_id].notes == Notes("By the front door", {})


async def test_a_price_for_an_offer_that_is_not_in_the_cart_is_a_mistake() -> None:
    uow = a_shop(cart := a_cart())
    with pytest.raises(ExpectedPriceWithoutLine):
        await place_order(to_order(cart, prices={new_id(): Money(1, "EUR")}), uow, NOW)
    with pytest.raises(CurrencyNotAccepted):
        await place_order(to_order(cart, prices={OFFER: Money(1, "DKK")}), uow, NOW)


@pytest.mark.parametrize("keep", [True, False])
async def test_the_second_tab_orders_nothing(keep: bool) -> None:
    uow = a_shop(cart := a_cart())
    await place_order(to_order(cart, keep=keep), uow, NOW)
    with pytest.raises(CartChanged):
        await place_order(to_order(cart, keep=keep), uow, NOW)
    assert len(uow.orders.rows) == 1


async def test_a_cart_goes_when_its_order_holds_stock_and_not_before() -> None:
    uow = a_shop(going := a_cart(), staying := replace(a_cart(), id=new_id()))
    for cart, keep in ((going, False), (staying, True)):
        order_id = await place_order(to_order(cart, keep=keep), uow, NOW)
        assert cart.id in uow.carts.rows
        held = held_stock(order_id, a_held_line(quantity=2))
        await settle_reservation(SettleReservation(held), uow, NOW)
    assert list(uow.carts.rows) == [staying.id]
    # Next month it is ordered again.
    await place_order(to_order(staying, version=2, keep=True), uow, NOW)


async def test_a_cart_whose_order_was_refused_is_there_to_be_ordered_again() -> None:
    uow = a_shop(cart := a_cart())
    first = await place_order(to_order(cart), uow, NOW)
    await refuse_order(RefuseOrder(first, Refusal("stock")), uow, NOW)
    assert uow.carts.rows[cart.id].order_id == first
    second = await place_order(to_order(cart, version=2), uow, NOW)
    await settle_reservation(SettleReservation(held_stock(second, a_held_line(quantity=2))), uow, NOW)
    assert uow.carts.rows == {}


async def test_what_a_cart_was_is_noted_once_and_not_of_contents_that_are_gone() -> None:
    uow = a_shop(cart := a_cart())
    before, after = Look((a_line_look(price=100),), {}), Look((a_line_look(price=200),), {})
    assert await find_unseen_cart(FindUnseenCart(cart.id), uow, NOW) == cart
    # Meanwhile it is saved with five instead of two: what was asked about two says nothing about them.
    more = to_save(cart_id=cart.id, version=1, lines=(CartLine(1, OFFER, 5),))
    saved = await save_cart(more, uow, NOW)
    await note_cart_seen(NoteCartSeen(cart, before), uow, NOW)
    assert uow.carts.rows[cart.id].seen is None
    await note_cart_seen(NoteCartSeen(saved, after), uow, NOW)
    await note_cart_seen(NoteCartSeen(saved, before), uow, NOW)
    assert uow.carts.rows[cart.id].seen == after
    assert await find_unseen_cart(FindUnseenCart(cart.id), uow, NOW) is None
    await remove_cart(RemoveCart(cart.id, BUYER), uow, NOW)
    await note_cart_seen(NoteCartSeen(saved, after), uow, NOW)
    assert uow.carts.rows == {}
