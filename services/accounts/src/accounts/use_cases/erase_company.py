"""A closed company is forgotten, with all its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from accounts.domain.erasure import Erasure, ErasureCause
from accounts.domain.errors import BusinessOpen
from accounts.domain.membership import erased
from accounts.domain.user import UserState
from accounts.use_cases.begin_erasure import begin_erasure
from accounts.use_cases.company_rules import company_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from accounts.use_cases.revoke import end_sessions_of
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Kept, OpenItem, Subject

FORGET_EVIDENCE = "forget_evidence"


@dataclass(frozen=True)
class EraseCompany:
    """`open` is what other services have found. `at` is real time."""

    company_id: Id
    cause: ErasureCause
    open: Sequence[OpenItem]
    at: datetime


async def erase_company(command: EraseCompany, markets: Markets, uow: UnitOfWork, now: datetime) -> Erasure:
    """Names, addresses, contacts and sign-ins go at once, what other services keep within moments.

    The proof for sales without VAT and a seller's signed mandate stay as long as its invoices (`documents.kept_years`),
    counted from the end of this year.
    """
    if command.open:
        raise BusinessOpen(open=[vars(one) for one in command.open])
    company = await uow.companies.get(command.company_id)
    after, event = company.erase()
    years = (await company_rules(company, markets, uow, now)).kept_years
    until = date(now.year + years, 12, 31)
    subject = Subject(company.id)
    kept = (Kept("vat_evidence", "tax_law", until), Kept("mandate", "tax_law", until))
    people = [one for one in await uow.users.of_company(company.id) if one.state is not UserState.ERASED]
    for user in people:
        await end_sessions_of(user.id, command.at, uow)
    erasure = await begin_erasure(subject, command.cause, uow, now, kept)
    for user in people:
        await uow.users.save(erased(user))
    await uow.companies.save(after)
    uow.publish(event)
    await uow.timers.set(FORGET_EVIDENCE, company.id, datetime.combine(until + timedelta(days=1), time(12), UTC))
    return erasure
