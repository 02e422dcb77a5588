"""No better answer about a buyer's VAT came in time: the decision that was made stands, and the goods may leave."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.seller_order import MOVES
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ClearVat:
    """The seller order whose wait is over."""

    seller_order_id: Id


async def clear_vat(command: ClearVat, uow: UnitOfWork, now: datetime) -> None:
    """Takes the hold off; nothing to do where there is none any more."""
    _, part = await lock_seller_order(uow, command.seller_order_id)
    if part.is_vat_cleared or not MOVES.allows("clear_vat", part.state):
        return
    await keep_seller_order(uow, part, part.clear_vat(at=now), "clear_vat", "timer", now)
