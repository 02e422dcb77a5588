"""The step that ends a question to a seller: nobody is reminded of it, and nothing lapses."""

from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

INFO_REMINDER = "seller_info_reminder"
APPLICATION_LAPSE = "seller_application_lapse"


async def forget_question(seller_id: Id, uow: UnitOfWork) -> None:
    """Cancel both deadlines, if they are set."""
    await uow.timers.cancel(INFO_REMINDER, seller_id)
    await uow.timers.cancel(APPLICATION_LAPSE, seller_id)
