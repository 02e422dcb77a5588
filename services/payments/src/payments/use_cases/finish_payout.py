"""The provider says how a payout ended: the seller has the money, or it is available again."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.ledger_rules import paid_out
from payments.domain.payout import Payout, PayoutState
from payments.domain.psp_facts import EventOutcome, Outgoing
from payments.use_cases.fund_waiting import fund_waiting
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry
from payments.use_cases.run_payouts import plan_payout_run


async def finish_payout(outgoing: Outgoing, uow: UnitOfWork, now: datetime) -> EventOutcome:
    """P7: Dr seller.available Cr psp.cash when it settled; after a failure its settlements wait for the next run."""
    payout = await uow.payouts.find(Id(outgoing.reference))
    if payout is None:
        return EventOutcome.WAITING
    if outgoing.amount != payout.amount:
        return EventOutcome.REFUSED
    if outgoing.status == "created" or payout.state in (PayoutState.SETTLED, PayoutState.FAILED):
        return EventOutcome.IGNORED
    if outgoing.status == "settled":
        await _settle(payout, uow, now)
    else:
        failed_payout, failed = payout.fail(now, outgoing.failure_reason or "refused")
        await uow.payouts.save(failed_payout)
        uow.publish(failed)
        await uow.lock(payout.seller_id)
        await fund_waiting(payout.seller_id, payout.currency, uow, now)
        await plan_payout_run(payout.market, uow, now)
    await uow.timers.cancel("check_payout", payout.id)
    return EventOutcome.APPLIED


async def _settle(payout: Payout, uow: UnitOfWork, now: datetime) -> None:
    payout, settled = payout.settle(now)
    await uow.payouts.save(payout)
    uow.publish(settled)
    await post_entry(paid_out(payout.seller_id, payout.amount), f"payout/{payout.id}", uow, now)
    for settlement in await uow.settlements.get_many([item.seller_order_id for item in payout.items]):
        paid, event = settlement.pay_out(payout.id)
        await uow.settlements.save(paid)
        uow.publish(event)
    if payout.commission.minor:
        # Only what is released and paid is swept, so that a later reversal finds the platform's share.
        await uow.timers.set("sweep_commission", payout.id, now)
