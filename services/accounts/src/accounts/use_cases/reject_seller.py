"""The operator refuses a seller's application."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import RejectionReason, Seller
from accounts.use_cases.forget_question import forget_question
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RejectSeller:
    """`reason` becomes public as a code; `next_step` is told to the seller only."""

    seller_id: Id
    reason: RejectionReason
    next_step: str


async def reject_seller(command: RejectSeller, uow: UnitOfWork, now: datetime) -> Seller:
    """With a reason, and what the seller could do next."""
    seller, rejected = (await uow.sellers.get(command.seller_id)).reject(command.reason, command.next_step)
    await forget_question(seller.id, uow)
    await uow.sellers.save(seller)
    uow.publish(rejected)
    return seller
