"""The operator lifts a suspension."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import Seller
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ReinstateSeller:
    """Who may sell again."""

    seller_id: Id


async def reinstate_seller(command: ReinstateSeller, uow: UnitOfWork, now: datetime) -> Seller:
    """Back to active, under the mandate it had signed."""
    (await uow.companies.get(command.seller_id)).must_be_active()
    seller, activated = (await uow.sellers.get(command.seller_id)).reinstate()
    await uow.sellers.save(seller)
    uow.publish(activated)
    return seller
