"""A seller has changed: where it wants its devices back is asked for anew, ahead of need."""

from datetime import datetime

from aftersales.use_cases.ports import UnitOfWork
from aftersales.use_cases.ports_sellers import FETCH_SELLER
from chassis.kernel.ids import Id


async def request_seller(seller_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """Several changes in a row need one question."""
    await uow.timers.set(FETCH_SELLER, seller_id, now)
