"""Errand: the provider's message about a refund is overdue, so it is asked."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.refund import RefundState
from payments.use_cases.finish_refund import finish_refund
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.send_refund import LATER_LOOK


async def check_refund(refund_id: Id, run: Run, psp: Psp) -> None:
    """Ask how it stands; while it is still under way, look again later."""
    outgoing = await psp.find_refund(str(refund_id))
    if outgoing is not None:
        await run(partial(finish_refund, outgoing))
    await run(partial(_look_again, refund_id))


async def _look_again(refund_id: Id, uow: UnitOfWork, now: datetime) -> None:
    refund = await uow.refunds.get(refund_id)
    if refund.state == RefundState.SENT:
        await uow.timers.set("check_refund", refund_id, now + LATER_LOOK)
