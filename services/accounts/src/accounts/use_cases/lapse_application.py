"""An applicant never answered: the application ends."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import RejectionReason, SellerState
from accounts.use_cases.forget_question import forget_question
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class LapseApplication:
    """Whose."""

    seller_id: Id


async def lapse_application(command: LapseApplication, uow: UnitOfWork, now: datetime) -> None:
    """A refusal like any other, with the question as what was to be done. Whoever has answered is left alone."""
    seller = await uow.sellers.get(command.seller_id)
    if seller.state is not SellerState.INFO_REQUESTED:
        return
    seller, rejected = seller.reject(RejectionReason.LAPSED, seller.next_step or "")
    await forget_question(seller.id, uow)
    await uow.sellers.save(seller)
    uow.publish(rejected)
