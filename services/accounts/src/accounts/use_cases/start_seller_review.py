"""The operator begins to look at an application."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import Seller
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class StartSellerReview:
    """Whose."""

    seller_id: Id


async def start_seller_review(command: StartSellerReview, uow: UnitOfWork, now: datetime) -> Seller:
    """Seen by the seller too."""
    seller, started = (await uow.sellers.get(command.seller_id)).start_review()
    await uow.sellers.save(seller)
    uow.publish(started)
    return seller
