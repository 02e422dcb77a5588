"""A delivery has come to its end: the mail server took the mail, or nobody ever will."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from gateway.domain.delivery import Delivery, FailureReason
from gateway.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class MarkSent:
    """The mail server took the mail to somebody of this company."""

    id: Id
    company_id: Id


@dataclass(frozen=True)
class MarkFailed:
    """The mail will never be sent."""

    id: Id
    reason: FailureReason


async def mark_sent(command: MarkSent, uow: UnitOfWork, now: datetime) -> Delivery:
    """Record that the mail is on its way."""
    delivery, sent = (await uow.deliveries.get(command.id)).sent(command.company_id, now)
    await uow.deliveries.save(delivery)
    uow.publish(sent)
    return delivery


async def mark_failed(command: MarkFailed, uow: UnitOfWork, now: datetime) -> Delivery:
    """Record why there will be no mail."""
    delivery, failed = (await uow.deliveries.get(command.id)).failed(command.reason, now)
    await uow.deliveries.save(delivery)
    uow.publish(failed)
    return delivery
