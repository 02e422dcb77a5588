"""What catalog is asked about an order whose limits are being looked at."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import MOVES, Order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class PrepareEstimate:
    """Whose estimate."""

    order_id: Id


async def prepare_estimate(command: PrepareEstimate, uow: UnitOfWork, now: datetime) -> Order | None:
    """The order, or None where nothing is to be looked at any more."""
    order = await uow.orders.find(command.order_id)
    return order if order is not None and MOVES.allows("await_approval", order.state) else None
