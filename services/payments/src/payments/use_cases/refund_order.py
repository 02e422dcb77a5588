"""All money on an order of which nothing was shipped goes back."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain import ledger_rules
from payments.use_cases.begin_refund import begin_refund
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry


async def refund_order(order_id: Id, buyer_id: Id, cause: str, uow: UnitOfWork, now: datetime) -> None:
    """P8: Dr buyer.escrow Cr refund.payable, one refund per credit that paid for it."""
    for share in await uow.bank_lines.shares_of(order_id):
        refund = await begin_refund(share.source, buyer_id, share.amount, cause, uow, now, order_id)
        if refund is not None:
            entry = ledger_rules.refund_of_order(order_id, refund.id, share.amount)
            await post_entry(entry, f"refund/{refund.id}", uow, now)
