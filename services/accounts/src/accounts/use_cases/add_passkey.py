"""A person's device has made a passkey for us."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.challenges import Challenge
from accounts.domain.errors import ChallengeRefused, TooManyPasskeys
from accounts.domain.passkey import PASSKEYS_MAX, Passkey
from accounts.use_cases.factor_changed import ADDED, factor_changed, first_codes
from accounts.use_cases.ports import Checks, UnitOfWork
from accounts.use_cases.show_factor import Assertion
from chassis.kernel.ids import Id, new_id


@dataclass(frozen=True)
class AddPasskey:
    """`made` answers `challenge`, for which the password was given again. `at` is real time."""

    user_id: Id
    session_id: Id | None
    challenge: Challenge
    made: Assertion
    name: str
    at: datetime


@dataclass(frozen=True)
class AddedPasskey:
    """With the recovery codes, if it is the person's first factor."""

    passkey: Passkey
    recovery_codes: tuple[str, ...]


async def add_passkey(command: AddPasskey, checks: Checks, uow: UnitOfWork, now: datetime) -> AddedPasskey:
    """From now on it signs in alone, and is asked for, or a code, where the password is given."""
    user = await uow.users.get(command.user_id)
    if command.challenge.user_id != user.id:
        raise ChallengeRefused()
    (await uow.companies.get(user.company_id)).must_be_active()
    await uow.spent_challenges.spend(command.challenge.id, command.challenge.expires_at, command.at)
    if len(await uow.passkeys.of_user(user.id)) >= PASSKEYS_MAX:
        raise TooManyPasskeys(passkeys_max=PASSKEYS_MAX)
    made = checks.ceremonies.created(command.made.credential, command.made.challenge)
    passkey = Passkey(
        new_id(), 1, user.id, made.credential_id, made.public_key, made.sign_count, command.name, command.at
    )
    await uow.passkeys.add(passkey)
    codes = await first_codes(user, uow)
    await factor_changed(user, ADDED, command.session_id, command.at, uow, now)
    return AddedPasskey(passkey, codes)
