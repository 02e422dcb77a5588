"""A company changed: its snapshot is fetched again, ahead of need."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.use_cases.ports import UnitOfWork


async def request_party(company_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """Set the errand."""
    await uow.timers.set("fetch_party", company_id, now)
