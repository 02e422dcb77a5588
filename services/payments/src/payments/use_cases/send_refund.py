"""Errand: ask the provider to send a refund, under an id that was stored before, and note what it said."""

from datetime import datetime, timedelta
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.errors import ProviderRefused
from payments.domain.psp_facts import Outgoing
from payments.domain.refund import Refund, RefundState, SourceKind
from payments.use_cases.collect_refund import collect_refund
from payments.use_cases.finish_refund import finish_refund
from payments.use_cases.ports import Psp, Run, UnitOfWork

# The provider's message normally comes within seconds; if it got lost we ask.
FIRST_LOOK = timedelta(seconds=30)
LATER_LOOK = timedelta(hours=1)


async def send_refund(refund_id: Id, run: Run, psp: Psp) -> None:
    """A timeout raises: the outcome is unknown, and the errand asks by our reference before it tries again."""
    refund = await run(partial(_read, refund_id))
    if refund.state != RefundState.CREATED:
        return
    if refund.credit_note_id is not None and not await collect_refund(refund.credit_note_id, run, psp):
        # Whoever funds it sets this errand again.
        return
    try:
        outgoing = await _ask(refund, psp)
    except ProviderRefused as refusal:
        outgoing = Outgoing(str(refund.id), "failed", refund.amount, refusal.detail or refusal.code)
    await run(partial(record_refund_sent, refund_id))
    await run(partial(finish_refund, outgoing))


async def record_refund_sent(refund_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """The provider has it."""
    refund = await uow.refunds.get(refund_id)
    if refund.state != RefundState.CREATED:
        return
    refund, sent = refund.send()
    await uow.refunds.save(refund)
    uow.publish(sent)
    await uow.timers.set("check_refund", refund_id, now + FIRST_LOOK)


async def _ask(refund: Refund, psp: Psp) -> Outgoing:
    send = psp.refund_card if refund.source.kind == SourceKind.CARD_CAPTURE else psp.refund
    return await send(str(refund.id), refund.source.provider_id, refund.source.wallet_id, refund.amount)


async def _read(refund_id: Id, uow: UnitOfWork, now: datetime) -> Refund:
    return await uow.refunds.get(refund_id)
