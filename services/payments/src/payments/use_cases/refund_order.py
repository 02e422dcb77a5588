"""All money on an order of which nothing was shipped goes back."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain import ledger_rules
from payments.use_cases.begin_refund import begin_refund
from payments.use_cases.order_shares import order_shares
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry


async def refund_order(order_id: Id, buyer_id: Id, cause: str, uow: UnitOfWork, now: datetime) -> None:
    """P8: Dr buyer.escrow Cr refund.payable, one refund per credit and per card capture that paid for it."""
    for share in await order_shares(order_id, uow):
        refund = await begin_refund(share.source, buyer_id, share.amount, cause, uow, now, order_id)
        if refund is not None:
            entry = ledger_rules.refund_of_order(order_id, refund.id, share.amount)
            await post_entry(entry, f"refund/{refund.id}", uow, now)
