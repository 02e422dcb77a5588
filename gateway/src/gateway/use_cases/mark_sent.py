"""The mail server took a mail."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from gateway.domain.delivery import Delivery
from gateway.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class MarkSent:
    """The mail is on its way to somebody of this company."""

    id: Id
    company_id: Id


async def mark_sent(command: MarkSent, uow: UnitOfWork, now: datetime) -> Delivery:
    """Record it, and tell."""
    delivery, sent = (await uow.deliveries.get(command.id)).sent(command.company_id, now)
    await uow.deliveries.save(delivery)
    uow.publish(sent)
    return delivery
