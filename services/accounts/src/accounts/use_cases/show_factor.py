"""The step in which a person shows a second factor: the code of an app, a recovery code, or a passkey."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.challenges import Challenge
from accounts.domain.errors import SecondFactorRefused
from accounts.domain.passkey import Passkey
from accounts.domain.user import User
from accounts.use_cases.ports import Checks, Json, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class Assertion:
    """What a browser answered (`credential`) to the text of a `challenge`."""

    credential: Json
    challenge: str


@dataclass(frozen=True)
class Shown:
    """One of the three; the others are None. `proof` is a challenge that was given out for this alone."""

    code: str | None = None
    recovery_code: str | None = None
    passkey: Assertion | None = None
    proof: Challenge | None = None


async def show_factor(user: User, shown: Shown, checks: Checks, at: datetime, uow: UnitOfWork) -> None:
    """It fits, and is used up by that, or `SecondFactorRefused`. Of a recovery code the person hears by mail."""
    if shown.proof is not None:
        await uow.spent_challenges.spend(shown.proof.id, shown.proof.expires_at, at)
    if shown.passkey is not None:
        await use_passkey(shown.passkey, user.id, checks, at, uow)
        return
    factor = await uow.second_factors.find(user.id)
    if factor is None:
        raise SecondFactorRefused()
    if shown.recovery_code is not None:
        await uow.second_factors.save(factor.use_recovery_code(shown.recovery_code))
        company, told = (await uow.companies.get(user.company_id)).person_changed("recovery_code", user.id)
        await uow.companies.save(company)
        uow.publish(told)
        return
    if not factor.is_on or factor.secret is None or shown.code is None:
        raise SecondFactorRefused()
    step = checks.authenticators.step_of(factor.secret, user.id, shown.code, at)
    await uow.second_factors.save(factor.use_step(step))


async def use_passkey(
    assertion: Assertion, user_id: Id | None, checks: Checks, at: datetime, uow: UnitOfWork
) -> Passkey:
    """The passkey, which has to be this person's where one is named."""
    kept = await uow.passkeys.find_by_credential(checks.ceremonies.credential_id(assertion.credential))
    if kept is None or user_id not in (None, kept.user_id):
        raise SecondFactorRefused()
    used = kept.used(checks.ceremonies.used(assertion.credential, assertion.challenge, kept), at)
    await uow.passkeys.save(used)
    return used
