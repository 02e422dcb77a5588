"""A person wants new recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import NoSecondFactor
from accounts.domain.recovery_codes import new_recovery_codes
from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.factors_of import factors_of
from accounts.use_cases.ports import Checks, UnitOfWork
from accounts.use_cases.show_factor import Shown, show_factor
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RenewRecoveryCodes:
    """`proof` is the attempt in which the password was given again. `at` is real time."""

    user_id: Id
    proof: SignInAttempt
    shown: Shown
    at: datetime


async def renew_recovery_codes(
    command: RenewRecoveryCodes, checks: Checks, uow: UnitOfWork, now: datetime
) -> tuple[str, ...]:
    """Ten new ones; those before work no more."""
    user = await uow.users.get(command.user_id)
    if not (await factors_of(user.id, uow)).are_any:
        raise NoSecondFactor()
    await show_factor(user, command.shown, checks, command.at, uow)
    codes = new_recovery_codes()
    await uow.second_factors.save((await uow.second_factors.of(user.id)).with_recovery_codes(codes))
    await uow.sign_in_attempts.forget(command.proof.email, command.proof.source)
    return codes
