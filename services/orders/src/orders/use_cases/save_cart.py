"""A buyer saves a cart, a new one or one that is there, for all of its company's people."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.cart import CARTS_MAX, Cart, CartContents, CartLine, new_cart
from orders.domain.errors import BuyerWithoutMarket, CartNameTaken, CartNotFound, TooManyCarts
from orders.use_cases.ports import UnitOfWork

# Catalog is asked what the lines are right now, so that readers learn later what has changed since.
LOOK_AT_CART = "look_at_cart"


@dataclass(frozen=True)
class SaveCart:
    """`version` is what somebody has seen of the cart, None for a new one; `saved_by` is None for a program."""

    cart_id: Id
    buyer_id: Id
    market: str | None
    name: str
    lines: tuple[CartLine, ...]
    price_country: str | None = None
    currency: str | None = None
    note: str | None = None
    saved_by: Id | None = None
    version: int | None = None


async def save_cart(command: SaveCart, uow: UnitOfWork, now: datetime) -> Cart:
    """The cart as it is kept. Whether its lines can be had is not asked here: reading it tells."""
    if command.market is None:
        raise BuyerWithoutMarket
    rules = uow.rules.in_force(command.market, now.date())
    price_country = rules.price_country(command.price_country)
    contents = CartContents(
        command.name, command.lines, price_country, rules.currency(command.currency, price_country), command.note
    )
    await uow.carts.take_turn(command.buyer_id)
    names = await uow.carts.names(command.buyer_id)
    if names.get(contents.name, command.cart_id) != command.cart_id:
        raise CartNameTaken(name=contents.name, cart_id=str(names[contents.name]))
    if command.version is None:
        if len(names) >= CARTS_MAX:
            raise TooManyCarts(carts=len(names), carts_max=CARTS_MAX)
        cart = new_cart(command.cart_id, command.buyer_id, rules.market, contents, command.saved_by, now)
        await uow.carts.add(cart)
    else:
        before = await own_cart(command.cart_id, command.buyer_id, uow)
        cart = before.saved(contents, command.saved_by, now, version=command.version)
        await uow.carts.save(cart)
    await uow.timers.set(LOOK_AT_CART, cart.id, now)
    return cart


async def own_cart(cart_id: Id, buyer_id: Id, uow: UnitOfWork) -> Cart:
    """The cart, locked; raises CartNotFound, also for another company's."""
    cart = await uow.carts.lock(cart_id)
    if cart is None or cart.buyer_id != buyer_id:
        raise CartNotFound(id=str(cart_id))
    return cart
