"""The steps that every change of a second factor ends with."""

from datetime import datetime

from accounts.domain.recovery_codes import new_recovery_codes
from accounts.domain.user import User
from accounts.use_cases.end_other_sessions import EndOtherSessions, end_other_sessions
from accounts.use_cases.factors_of import factors_of
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

ADDED = "factor_added"
REMOVED = "factor_removed"


async def factor_changed(
    user: User, what: str, kept_session: Id | None, at: datetime, uow: UnitOfWork, now: datetime
) -> None:
    """The person hears of it by mail, and is signed out everywhere else: there nobody has shown it."""
    company, told = (await uow.companies.get(user.company_id)).person_changed(what, user.id)
    await uow.companies.save(company)
    uow.publish(told)
    await end_other_sessions(EndOtherSessions(user.id, kept_session, at), uow, now)


async def first_codes(user: User, uow: UnitOfWork) -> tuple[str, ...]:
    """Recovery codes come with the first factor; none where there are some already."""
    second = await uow.second_factors.of(user.id)
    if second.recovery_hashes:
        return ()
    codes = new_recovery_codes()
    await uow.second_factors.save(second.with_recovery_codes(codes))
    return codes


async def drop_last_codes(user: User, uow: UnitOfWork) -> None:
    """Recovery codes go with the last factor."""
    if not (await factors_of(user.id, uow)).are_any:
        second = await uow.second_factors.of(user.id)
        await uow.second_factors.save(second.with_recovery_codes(()))
