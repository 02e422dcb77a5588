"""An order is made of a saved cart: what the buyer has looked at, once."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from orders.domain.cart import Cart
from orders.domain.errors import ExpectedPriceWithoutLine
from orders.domain.notes import Notes
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.save_cart import own_cart


@dataclass(frozen=True)
class CartToOrder:
    """The `version` the buyer has looked at; `prices` by offer are the most it agrees to, today's where one is left out."""

    cart_id: Id
    version: int
    keep: bool
    prices: Mapping[Id, Money]


async def order_cart(wanted: CartToOrder, buyer_id: Id, order_id: Id, uow: UnitOfWork) -> Cart:
    """The cart that becomes this order; it goes when the order's stock is held, unless it is to be kept.

    Raises CartNotFound, CartChanged or ExpectedPriceWithoutLine.
    """
    cart = await own_cart(wanted.cart_id, buyer_id, uow)
    ordered = cart.ordered(order_id, version=wanted.version, keep=wanted.keep)
    if strangers := set(wanted.prices) - {line.offer_id for line in cart.contents.lines}:
        raise ExpectedPriceWithoutLine(offers=sorted(str(id) for id in strangers))
    await uow.carts.save(ordered)
    return cart


def notes_of(cart: Cart, given: Notes | None) -> Notes | None:
    """What the sellers read: a note that came with the order takes the place of the cart's own."""
    order = (given.order if given else None) or cart.contents.note
    lines = {line.line_no: line.note for line in cart.contents.lines if line.note}
    return Notes(order, lines) if order or lines else None
