"""Errand: the provider's message about a payout is overdue, so it is asked."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.payout import PayoutState
from payments.use_cases.finish_payout import finish_payout
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.send_refund import LATER_LOOK


async def check_payout(payout_id: Id, run: Run, psp: Psp) -> None:
    """Ask how it stands; while it is still under way, look again later."""
    outgoing = await psp.find_payout(str(payout_id))
    if outgoing is not None:
        await run(partial(finish_payout, outgoing))
    await run(partial(_look_again, payout_id))


async def _look_again(payout_id: Id, uow: UnitOfWork, now: datetime) -> None:
    payout = await uow.payouts.get(payout_id)
    if payout.state == PayoutState.SENT:
        await uow.timers.set("check_payout", payout_id, now + LATER_LOOK)
