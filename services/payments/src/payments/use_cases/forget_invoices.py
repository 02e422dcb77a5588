"""The time is over for which the law wanted an erased company's invoices."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.use_cases.keep_invoices import FORGET_INVOICES, day_after
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ForgetInvoices:
    """Whose."""

    company_id: Id


async def forget_invoices(command: ForgetInvoices, uow: UnitOfWork, now: datetime) -> None:
    """The files go, and the names on the frozen papers; numbers and amounts stay with the books. The later ones wait."""
    left = await uow.invoices.forget(command.company_id, now)
    if left is not None:
        await uow.timers.set(FORGET_INVOICES, command.company_id, day_after(left))
