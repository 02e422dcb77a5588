"""A buyer no longer wants a saved cart."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.save_cart import LOOK_AT_CART, own_cart


@dataclass(frozen=True)
class RemoveCart:
    """Whose cart goes."""

    cart_id: Id
    buyer_id: Id


async def remove_cart(command: RemoveCart, uow: UnitOfWork, now: datetime) -> None:
    """Gone; orders that were made of it stay. Raises CartNotFound."""
    cart = await own_cart(command.cart_id, command.buyer_id, uow)
    await uow.carts.remove(cart.id)
    await uow.timers.cancel(LOOK_AT_CART, cart.id)
