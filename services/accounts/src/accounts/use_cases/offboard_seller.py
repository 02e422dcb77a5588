"""The operator ends a seller for good."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import OffboardingReason, Seller
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class OffboardSeller:
    """Whom, and why."""

    seller_id: Id
    reason: OffboardingReason


async def offboard_seller(command: OffboardSeller, uow: UnitOfWork, now: datetime) -> Seller:
    """No new orders. It still signs in: open orders are finished, and money is paid out after the claim windows."""
    seller, offboarded = (await uow.sellers.get(command.seller_id)).offboard(command.reason)
    await uow.sellers.save(seller)
    uow.publish(offboarded)
    return seller
