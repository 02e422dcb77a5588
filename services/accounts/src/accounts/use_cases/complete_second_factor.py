"""The third part of a sign-in: the password was right, and now a second factor is shown."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.challenges import Challenge
from accounts.domain.errors import ChallengeRefused
from accounts.domain.session import Device, SignInRules
from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.open_session import OpenSession, open_session
from accounts.use_cases.ports import Checks, UnitOfWork
from accounts.use_cases.show_factor import Shown, show_factor


@dataclass(frozen=True)
class CompleteSecondFactor:
    """`attempt` was counted when the factor was shown, `challenge` given out for the password of `attempt`.

    `at` is real time.
    """

    attempt: SignInAttempt
    challenge: Challenge
    shown: Shown
    device: Device
    at: datetime


async def complete_second_factor(
    command: CompleteSecondFactor, rules: SignInRules, checks: Checks, uow: UnitOfWork, now: datetime
) -> OpenSession:
    """The challenge works once; a wrong code leaves it, so that a slip of a finger does not cost the password again."""
    attempt = command.attempt
    await uow.sign_in_attempts.wait(attempt.email)
    user = await uow.users.find_by_email(attempt.email)
    if user is None or user.id != command.challenge.user_id or user.password_hash != attempt.password_hash:
        raise ChallengeRefused()
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    await uow.spent_challenges.spend(command.challenge.id, command.challenge.expires_at, command.at)
    await show_factor(user, command.shown, checks, command.at, uow)
    await uow.sign_in_attempts.forget(attempt.email, attempt.source)
    return await open_session(user, company, command.device, "second_factor", True, rules, command.at, uow, now)
