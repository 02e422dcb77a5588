"""The step that ends the wait for a new signature: nobody is suspended for want of it."""

from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

MANDATE_DUE = "seller_mandate_due"


async def forget_mandate_renewal(seller_id: Id, uow: UnitOfWork) -> None:
    """Cancel the deadline, if it is set."""
    await uow.timers.cancel(MANDATE_DUE, seller_id)
