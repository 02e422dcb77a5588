"""Catalog cannot reserve the order: it does not come about."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import MOVES
from orders.domain.reservation import Refusal
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class RefuseOrder:
    """Which lines could not be had, and why."""

    order_id: Id
    refusal: Refusal


async def refuse_order(command: RefuseOrder, uow: UnitOfWork, now: datetime) -> None:
    """The order ends REFUSED; a repeat does nothing."""
    order = await uow.orders.lock(command.order_id)
    if order is None or not MOVES.allows("refuse", order.state):
        return
    await keep_order(uow, order, order.refuse(command.refusal, at=now), "refuse", "catalog", now)
