"""Deadline: money that nobody could place goes back to whoever sent it."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.refund import Source, SourceKind
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.refund_unapplied import refund_unapplied


async def return_unapplied(bank_line_id: Id, uow: UnitOfWork, now: datetime) -> bool:
    """Refund the unapplied part of a bank line; False if there is none, or if that was done before."""
    line = await uow.bank_lines.get(bank_line_id)
    assert line.allocation is not None
    left = sum(part.amount_minor for part in line.allocation.parts if part.kind == "unapplied")
    if not left:
        return False
    source = Source(SourceKind.BANK_CREDIT, line.id, line.credit.credit_id, line.credit.wallet_id)
    amount = Money(left, line.credit.amount.currency)
    return await refund_unapplied(source, line.buyer_id, amount, str(line.allocation.case), uow, now)
