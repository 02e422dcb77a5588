"""The step by which a person loses every second factor at once."""

from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


async def forget_factors(user_id: Id, uow: UnitOfWork) -> bool:
    """Whether there was any. Before sessions are looked for: a sign-in with a passkey is then either among them or fails."""
    passkeys = await uow.passkeys.of_user(user_id)
    await uow.passkeys.remove(*passkeys)
    second = await uow.second_factors.find(user_id)
    if second is None:
        return bool(passkeys)
    await uow.second_factors.save(second.forget_all())
    return bool(passkeys) or second.is_on
