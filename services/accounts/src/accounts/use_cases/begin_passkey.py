"""A person is about to make or show a passkey: the password was right, and the browser has to know which ones there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.domain.passkey import Passkey
from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class BeginPasskey:
    """`proof` is the attempt in which the password was given again."""

    user_id: Id
    proof: SignInAttempt


async def begin_passkey(command: BeginPasskey, uow: UnitOfWork, now: datetime) -> Sequence[Passkey]:
    """The person's passkeys."""
    await uow.sign_in_attempts.forget(command.proof.email, command.proof.source)
    return await uow.passkeys.of_user(command.user_id)
