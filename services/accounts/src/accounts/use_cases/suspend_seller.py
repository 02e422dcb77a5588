"""The operator stops a seller from selling."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import Seller, SuspensionReason
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SuspendSeller:
    """Whom, and why."""

    seller_id: Id
    reason: SuspensionReason


async def suspend_seller(command: SuspendSeller, uow: UnitOfWork, now: datetime) -> Seller:
    """No new orders; open ones are finished."""
    seller, suspended = (await uow.sellers.get(command.seller_id)).suspend(command.reason)
    await uow.sellers.save(seller)
    uow.publish(suspended)
    return seller
