"""A company has changed: where it sells here, who it is is fetched anew, ahead of need."""

from dataclasses import dataclass
from datetime import datetime

from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_traders import FETCH_TRADER
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class RequestTrader:
    """The company that changed."""

    company_id: Id


async def request_trader(command: RequestTrader, uow: CatalogUnit, now: datetime) -> None:
    """Sets the errand; several changes in a row need one fetch. Of buyers nothing is kept here, so nothing is asked."""
    if await uow.sellers.locked(command.company_id) is not None:
        await uow.timers.set(FETCH_TRADER, command.company_id, now)
