"""Errand: a payout leaves the seller's wallet for the seller's bank, once all that was released has arrived there."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.errors import ProviderRefused
from payments.domain.payout import PayoutState
from payments.domain.psp_facts import Outgoing
from payments.use_cases.find_route import find_route
from payments.use_cases.finish_payout import finish_payout
from payments.use_cases.move_released import move_released
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.send_refund import FIRST_LOOK


async def send_payout(payout_id: Id, run: Run, psp: Psp) -> None:
    """Every step carries a reference of ours, so a repeat after a timeout moves nothing twice.

    When a payout failed, the next one finds that money in the seller's wallet.
    """
    route = await run(partial(find_route, payout_id))
    payout = route.payout
    if payout.state != PayoutState.CREATED:
        return
    for item in payout.items:
        await move_released(item.seller_order_id, run, psp)
    try:
        outgoing = await psp.pay_out(
            str(payout.id), route.seller_wallet_id, payout.creditor, payout.amount, f"Payout {payout.id}"
        )
    except ProviderRefused as refusal:
        outgoing = Outgoing(str(payout.id), "failed", payout.amount, refusal.detail or refusal.code)
    await run(partial(record_payout_sent, payout_id))
    await run(partial(finish_payout, outgoing))


async def record_payout_sent(payout_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """The provider has it."""
    payout = await uow.payouts.get(payout_id)
    if payout.state != PayoutState.CREATED:
        return
    payout, sent = payout.send()
    await uow.payouts.save(payout)
    uow.publish(sent)
    await uow.timers.set("check_payout", payout_id, now + FIRST_LOOK)
