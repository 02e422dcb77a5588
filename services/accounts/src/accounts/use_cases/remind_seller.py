"""An applicant has not answered for some business days."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import MOVES
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RemindSeller:
    """Whom."""

    seller_id: Id


async def remind_seller(command: RemindSeller, uow: UnitOfWork, now: datetime) -> None:
    """Whoever has answered in the meantime is left alone."""
    seller = await uow.sellers.get(command.seller_id)
    if not MOVES.allows("remind", seller.state):
        return
    seller, reminded = seller.remind()
    await uow.sellers.save(seller)
    uow.publish(reminded)
