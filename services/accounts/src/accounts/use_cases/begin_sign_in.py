"""The first half of a sign-in: count the attempt and find the hash to compare with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.email_address import same_email
from accounts.domain.errors import TooManySignIns
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

ATTEMPTS_MAX = 5
WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class BeginSignIn:
    """`at` is real time."""

    email: str
    at: datetime


@dataclass(frozen=True)
class SignInAttempt:
    """Who it would be; None for an unknown address, or where no password was ever set."""

    email: str
    user_id: Id | None
    password_hash: str | None


async def begin_sign_in(command: BeginSignIn, uow: UnitOfWork, now: datetime) -> SignInAttempt:
    """The attempt counts before the password is looked at, so that a hundred at once are no way around the limit."""
    email = same_email(command.email)
    if await uow.sign_in_attempts.recent(email, command.at - WINDOW) >= ATTEMPTS_MAX:
        raise TooManySignIns(retry_after_seconds=int(WINDOW.total_seconds()))
    await uow.sign_in_attempts.add(email, command.at)
    user = await uow.users.find_by_email(email)
    if user is None or user.password_hash is None:
        return SignInAttempt(email, None, None)
    return SignInAttempt(email, user.id, user.password_hash)
