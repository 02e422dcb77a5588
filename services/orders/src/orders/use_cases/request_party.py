"""A company has changed: its snapshot is fetched from accounts, ahead of need."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class RequestParty:
    """The company that changed."""

    company_id: Id


async def request_party(command: RequestParty, uow: UnitOfWork, now: datetime) -> None:
    """Sets the errand; several changes in a row need one fetch."""
    await uow.timers.set("fetch_party", command.company_id, now)
