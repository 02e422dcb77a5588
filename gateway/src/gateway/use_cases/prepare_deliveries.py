"""A fact calls for mails: store one delivery per reader and send the errands on their way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.kernel.ids import Id
from gateway.domain.delivery import Template, delivery_id, new_delivery
from gateway.use_cases.ports import UnitOfWork

ERRAND = "send_mail"


@dataclass(frozen=True)
class Mail:
    """One mail that a fact calls for. `company_id` is the reader's company, where the event names it.

    `person_id` is set where one fact is told to several people by the same template.
    """

    template: Template
    facts: Mapping[str, Any]
    company_id: Id | None = None
    order_id: Id | None = None
    person_id: Id | None = None


@dataclass(frozen=True)
class PrepareDeliveries:
    """The mails of one event."""

    event_id: Id
    mails: tuple[Mail, ...]


async def prepare_deliveries(command: PrepareDeliveries, uow: UnitOfWork, now: datetime) -> None:
    """Each mail once, however often the event comes."""
    for mail in command.mails:
        if await uow.deliveries.find(delivery_id(command.event_id, mail.template, mail.person_id)) is not None:
            continue
        delivery = new_delivery(
            mail.template,
            command.event_id,
            mail.facts,
            now,
            company_id=mail.company_id,
            order_id=mail.order_id,
            person_id=mail.person_id,
        )
        await uow.deliveries.add(delivery)
        await uow.timers.set(ERRAND, delivery.id, now)
        uow.publish(delivery.prepared())
