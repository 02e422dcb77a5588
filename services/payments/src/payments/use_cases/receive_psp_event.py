"""A signed message of the payment provider: stored raw, then its effect in the same transaction, once."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.errors import FactsNotKnownYet, WebhookUnreadable
from payments.domain.psp_facts import EventOutcome, PspEvent, card_in, credit_in, outgoing_in
from payments.use_cases.apply_card import apply_card
from payments.use_cases.finish_payout import finish_payout
from payments.use_cases.finish_refund import finish_refund
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.receive_credit import receive_credit


@dataclass(frozen=True)
class ReceivePspEvent:
    """`body` is what came, word for word; the signature was checked before."""

    event: PspEvent
    body: str


async def receive_psp_event(command: ReceivePspEvent, uow: UnitOfWork, now: datetime) -> EventOutcome | None:
    """None for a repeat. A message about something not known here yet is kept and tried again by an errand."""
    if not await uow.psp_events.add_if_new(command.event, command.body, now):
        return None
    outcome = await _apply(command.event, uow, now)
    await uow.psp_events.settle(command.event, outcome)
    if outcome == EventOutcome.WAITING:
        await uow.timers.set("retry_psp_event", command.event.key, now)
    return outcome


async def retry_psp_event(key: Id, uow: UnitOfWork, now: datetime) -> EventOutcome:
    """Raises FactsNotKnownYet while it still cannot be applied, so that the errand comes again."""
    event = await uow.psp_events.find(key)
    if event is None:
        return EventOutcome.IGNORED
    outcome = await _apply(event, uow, now)
    if outcome == EventOutcome.WAITING:
        raise FactsNotKnownYet(event_type=event.type)
    await uow.psp_events.settle(event, outcome)
    return outcome


async def _apply(event: PspEvent, uow: UnitOfWork, now: datetime) -> EventOutcome:
    try:
        match event.type:
            case "bank.credit_received":
                known = await receive_credit(credit_in(event.data), uow, now)
                return EventOutcome.APPLIED if known else EventOutcome.WAITING
            case "refund.settled":
                return await finish_refund(outgoing_in(event.data, "settled"), uow, now)
            case "refund.failed":
                return await finish_refund(outgoing_in(event.data, "failed"), uow, now)
            case "payout.settled":
                return await finish_payout(outgoing_in(event.data, "settled"), uow, now)
            case "payout.failed":
                return await finish_payout(outgoing_in(event.data, "failed"), uow, now)
            case type if type.startswith("card_payment."):
                return await apply_card(card_in(event.data), uow, now)
            case _:
                return EventOutcome.IGNORED
    except WebhookUnreadable:
        return EventOutcome.REFUSED
