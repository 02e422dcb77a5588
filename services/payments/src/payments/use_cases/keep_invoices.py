"""A company is to be forgotten, but its invoices have to stay for as long as the law wants them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from chassis.kernel.personal_data import Kept, Subject
from payments.use_cases.ports import UnitOfWork

FORGET_INVOICES = "forget_invoices"


async def keep_invoices(uow: UnitOfWork, subject: Subject, now: datetime) -> Sequence[Kept]:
    """Seal them: from now on only the other side of the trade and the auditor read them, each until its own last day.

    The time counts from the end of the year in which an invoice was issued (`documents.kept_years` of its market).
    """
    if subject.person_id is not None:
        return ()
    until = {
        one.id: date(one.issued_on.year + uow.rules.in_force(one.market, now.date()).kept_years, 12, 31)
        for one in await uow.invoices.of_party(subject.company_id)
    }
    if not until:
        return ()
    await uow.invoices.seal(until, now)
    await uow.timers.set(FORGET_INVOICES, subject.company_id, day_after(min(until.values())))
    return (Kept("invoices", "tax_law", max(until.values())),)


def day_after(until: date) -> datetime:
    """When the last day is over everywhere."""
    return datetime.combine(until + timedelta(days=1), time(12), UTC)
