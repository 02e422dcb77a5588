"""A person wants an authenticator app: the secret is shown, and nothing changes before a code of it has come."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.ports import Checks, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class OfferAuthenticator:
    """`proof` is the attempt in which the password was given again."""

    user_id: Id
    proof: SignInAttempt


async def offer_authenticator(command: OfferAuthenticator, checks: Checks, uow: UnitOfWork, now: datetime) -> str:
    """The sealed secret. Whoever asks again gets another one, and the one before is forgotten."""
    user = await uow.users.get(command.user_id)
    (await uow.companies.get(user.company_id)).must_be_active()
    await uow.sign_in_attempts.forget(command.proof.email, command.proof.source)
    sealed = checks.authenticators.new_secret(user.id)
    await uow.second_factors.save((await uow.second_factors.of(user.id)).offer(sealed))
    return sealed
