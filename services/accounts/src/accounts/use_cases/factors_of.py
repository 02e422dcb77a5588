"""The step that sign-ins and changes of a second factor share: what the person has beside the password."""

from accounts.domain.factors import Factors
from accounts.domain.second_factor import SecondFactor
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


async def factors_of(user_id: Id, uow: UnitOfWork) -> Factors:
    """As they are now; to be looked at, not to be saved."""
    second = await uow.second_factors.find(user_id)
    passkeys = await uow.passkeys.of_user(user_id)
    return Factors(second or SecondFactor(user_id, 1), tuple(passkeys))
