"""The second half of a sign-in: the password was right, and a session begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.errors import SignInRefused
from accounts.domain.scopes import Grant, scopes_of_person
from accounts.domain.session import Device, Lifetimes, new_session
from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.refresh_session import OpenSession
from chassis.kernel.ids import new_id

# So long a person may look at where a session that is over came from.
_OLD = timedelta(days=30)


@dataclass(frozen=True)
class CompleteSignIn:
    """Who has proven to be who, and from where. `at` is real time."""

    attempt: SignInAttempt
    device: Device
    at: datetime


async def complete_sign_in(
    command: CompleteSignIn, lifetimes: Lifetimes, uow: UnitOfWork, now: datetime
) -> OpenSession:
    """Forget the failed attempts of this place and grant what the person's role may do.

    Whoever takes sign-ins back waits here too: a password that was replaced while it was compared opens no session.
    """
    attempt = command.attempt
    await uow.sign_in_attempts.forget(attempt.email, attempt.source)
    user = await uow.users.find_by_email(attempt.email)
    if user is None or user.id != attempt.user_id or user.password_hash != attempt.password_hash:
        raise SignInRefused()
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    await uow.sessions.forget(user.id, command.at - _OLD)
    session = new_session(new_id(), user.id, company.id, command.device, lifetimes, command.at)
    await uow.sessions.add(session)
    scopes = scopes_of_person(user.kind, user.role)
    grant = Grant(user.id, company.id, user.kind, company.market, scopes, session.id, role=user.role)
    return OpenSession(grant, session)
