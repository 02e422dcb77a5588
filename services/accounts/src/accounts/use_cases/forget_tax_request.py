"""The step that ends a request for tax data: nobody is reminded of it, and no payout is held."""

from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

TAX_DATA_REMINDER = "seller_tax_data_reminder"
TAX_DATA_DUE = "seller_tax_data_due"


async def forget_tax_request(seller_id: Id, uow: UnitOfWork) -> None:
    """Cancel both deadlines, if they are set."""
    await uow.timers.cancel(TAX_DATA_REMINDER, seller_id)
    await uow.timers.cancel(TAX_DATA_DUE, seller_id)
