"""What the lines of a cart were when it was saved is written down, once, so that readers learn what has changed since."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.cart import Cart, Look
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class FindUnseenCart:
    """Which one catalog is to be asked about."""

    cart_id: Id


@dataclass(frozen=True)
class NoteCartSeen:
    """The cart as catalog was asked about it, and its answer."""

    cart: Cart
    seen: Look


async def find_unseen_cart(command: FindUnseenCart, uow: UnitOfWork, now: datetime) -> Cart | None:
    """The cart, or None where nothing is to be looked at any more."""
    cart = await uow.carts.find(command.cart_id)
    return cart if cart is not None and cart.seen is None else None


async def note_cart_seen(command: NoteCartSeen, uow: UnitOfWork, now: datetime) -> None:
    """A cart that was saved anew meanwhile is looked at by an errand of its own."""
    cart = await uow.carts.lock(command.cart.id)
    if cart is not None and cart.seen is None and cart.contents == command.cart.contents:
        await uow.carts.note_seen(cart.id, command.seen)
