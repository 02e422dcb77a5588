"""Money that is on no order goes back to whoever sent it."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain import ledger_rules
from payments.domain.refund import Source
from payments.use_cases.begin_refund import begin_refund
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry


async def refund_unapplied(
    source: Source,
    buyer_id: Id,
    amount: Money,
    cause: str,
    uow: UnitOfWork,
    now: datetime,
    order_id: Id | None = None,
) -> bool:
    """P8: Dr buyer.unapplied Cr refund.payable. `order_id` names the closed order that it was meant for, if any.

    False if the same refund was begun before.
    """
    refund = await begin_refund(source, buyer_id, amount, cause, uow, now, order_id)
    if refund is not None:
        entry = ledger_rules.refund_of_unapplied(buyer_id, refund.id, amount)
        await post_entry(entry, f"refund/{refund.id}", uow, now)
    return refund is not None
