"""The first half of a sign-in: count the attempt and find the hash to compare with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.attempts import WINDOW, source_of_device
from accounts.domain.email_address import same_email
from accounts.domain.errors import TooManySignIns
from accounts.domain.known_devices import KnownDevice
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class BeginSignIn:
    """`source` is where the attempt comes from, `known` a device that says it is the person's. `at` is real time."""

    email: str
    source: str
    at: datetime
    known: KnownDevice | None = None


@dataclass(frozen=True)
class SignInAttempt:
    """Who it would be; None for an unknown address, or where no password was ever set.

    The answer waits for `delay`, whatever it is.
    """

    email: str
    source: str
    user_id: Id | None
    password_hash: str | None
    delay: timedelta = timedelta(0)


async def begin_sign_in(command: BeginSignIn, uow: UnitOfWork, now: datetime) -> SignInAttempt:
    """The attempt counts before the password is looked at, so that a hundred at once are no way around the limit.

    It counts for the network it comes from, or for the device where the person has signed in before. What others try
    elsewhere never refuses it; a device that is known it does not even delay.
    """
    email = same_email(command.email)
    user = await uow.users.find_by_email(email)
    source, is_known = command.source, False
    if user is not None and command.known is not None and command.known.user_id == user.id:
        source, is_known = source_of_device(str(command.known.device_id)), True
    recent = await uow.sign_in_attempts.recent(email, source, command.at - WINDOW)
    if recent.are_too_many:
        raise TooManySignIns(retry_after_seconds=int(WINDOW.total_seconds()))
    await uow.sign_in_attempts.add(email, source, command.at)
    delay = timedelta(0) if is_known else recent.delay
    if user is None or user.password_hash is None:
        return SignInAttempt(email, source, None, None, delay)
    return SignInAttempt(email, source, user.id, user.password_hash, delay)
