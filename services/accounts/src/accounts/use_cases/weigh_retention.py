"""How long a market keeps the data of a company that buys no more: warned of a month before, then closed and forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.company import CompanyState
from accounts.domain.erasure import ErasureCause
from accounts.use_cases.begin_closing import BeginClosing, ClosureReason, begin_closing
from accounts.use_cases.company_rules import company_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Business

WEIGH_RETENTION = "weigh_retention"
WARNED_BEFORE = timedelta(days=30)
# No market forgets anybody sooner than after a year; and a market may change its mind about the rest.
FIRST_LOOK = timedelta(days=335)


@dataclass(frozen=True)
class WeighRetention:
    """`since` is when it began to count, `warned_of` the day that its people were told of. `at` is real time."""

    company_id: Id
    since: datetime
    business: Business
    at: datetime
    warned_of: datetime | None = None


async def weigh_retention(command: WeighRetention, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Years after the last purchase (`accounts.erasure_years`). Whoever buys again, or has something open, is left in peace."""
    company = await uow.companies.get(command.company_id)
    if company.state is not CompanyState.ACTIVE:
        return
    years = (await company_rules(company, markets, uow, now)).erased_after_years
    said = {"since": command.since.isoformat()}
    if years is None:
        await uow.timers.set(WEIGH_RETENTION, company.id, now + FIRST_LOOK, said)
        return
    due = years_after(max(command.since, command.business.last_purchase_at or command.since), years)
    if now < due - WARNED_BEFORE:
        await uow.timers.set(WEIGH_RETENTION, company.id, due - WARNED_BEFORE, said)
        return
    warned = {**said, "warned_of": due.isoformat()}
    if command.warned_of != due:
        company, told = company.unused_for_long()
        await uow.companies.save(company)
        uow.publish(told)
        await uow.timers.set(WEIGH_RETENTION, company.id, max(due, now + WARNED_BEFORE), warned)
    elif command.business.open:
        await uow.timers.set(WEIGH_RETENTION, company.id, now + WARNED_BEFORE, warned)
    else:
        closing = BeginClosing(company.id, ClosureReason.UNUSED, True, ErasureCause.RETENTION, (), command.at)
        await begin_closing(closing, uow, now)


def years_after(start: datetime, years: int) -> datetime:
    """The same day so many years later; of a leap day the first of March."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, month=3, day=1)
