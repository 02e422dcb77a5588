"""The second half of a sign-in: the password was right. A session begins, or a second factor is asked for."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import SignInRefused
from accounts.domain.factors import Factors
from accounts.domain.session import Device, SignInRules
from accounts.domain.user import User
from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.factors_of import factors_of
from accounts.use_cases.open_session import OpenSession, open_session
from accounts.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class CompleteSignIn:
    """Who has proven to be who, and from where. `at` is real time."""

    attempt: SignInAttempt
    device: Device
    at: datetime


@dataclass(frozen=True)
class FactorWanted:
    """Who it seems to be, and what has to be shown before anybody believes it."""

    user: User
    factors: Factors


async def complete_sign_in(
    command: CompleteSignIn, rules: SignInRules, uow: UnitOfWork, now: datetime
) -> OpenSession | FactorWanted:
    """Forget the failed attempts of this place and grant what the person's role may do.

    Where a second factor is still to come nothing is forgotten, or whoever knows a password could guess codes for ever.
    Whoever takes sign-ins back waits here too: a password that was replaced while it was compared opens no session.
    """
    attempt = command.attempt
    await uow.sign_in_attempts.wait(attempt.email)
    user = await uow.users.find_by_email(attempt.email)
    if user is None or user.id != attempt.user_id or user.password_hash != attempt.password_hash:
        raise SignInRefused()
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    factors = await factors_of(user.id, uow)
    if factors.are_any:
        return FactorWanted(user, factors)
    await uow.sign_in_attempts.forget(attempt.email, attempt.source)
    return await open_session(user, company, command.device, "password", False, rules, command.at, uow, now)
