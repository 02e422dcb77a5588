"""A mail will never be sent."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from gateway.domain.delivery import Delivery, FailureReason
from gateway.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class MarkFailed:
    """Which one, and why."""

    id: Id
    reason: FailureReason


async def mark_failed(command: MarkFailed, uow: UnitOfWork, now: datetime) -> Delivery:
    """Record it, and tell."""
    delivery, failed = (await uow.deliveries.get(command.id)).failed(command.reason, now)
    await uow.deliveries.save(delivery)
    uow.publish(failed)
    return delivery
