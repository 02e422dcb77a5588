"""A person signs in with a passkey alone: the device knows who it is, and has asked for finger, face or PIN."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.challenges import Challenge
from accounts.domain.errors import SecondFactorRefused
from accounts.domain.session import Device, SignInRules
from accounts.domain.user import UserState
from accounts.use_cases.open_session import OpenSession, open_session
from accounts.use_cases.ports import Checks, UnitOfWork
from accounts.use_cases.show_factor import Assertion, use_passkey


@dataclass(frozen=True)
class SignInWithPasskey:
    """`at` is real time."""

    challenge: Challenge
    assertion: Assertion
    device: Device
    at: datetime


async def sign_in_with_passkey(
    command: SignInWithPasskey, rules: SignInRules, checks: Checks, uow: UnitOfWork, now: datetime
) -> OpenSession:
    """Two factors in one, so the password is not asked for. Nothing is counted: a signature cannot be guessed."""
    await uow.spent_challenges.spend(command.challenge.id, command.challenge.expires_at, command.at)
    passkey = await use_passkey(command.assertion, None, checks, command.at, uow)
    user = await uow.users.get(passkey.user_id)
    if user.state is not UserState.ACTIVE:
        raise SecondFactorRefused()
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    return await open_session(user, company, command.device, "passkey", True, rules, command.at, uow, now)
