"""The buyer's time to claim is over."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class CloseClaimWindow:
    """Whose deadline has come."""

    shipment_id: Id


async def close_claim_window(command: CloseClaimWindow, uow: UnitOfWork, now: datetime) -> None:
    """Close it, unless a case of the parcel is open: then the end of the case closes it. A repeat finds it closed."""
    await uow.lock(command.shipment_id)
    coverage = await uow.coverages.get(command.shipment_id)
    if not coverage.is_open or await uow.cases.open_of_shipment(command.shipment_id):
        return
    closed, window_closed = coverage.close_claim_window(now)
    await uow.coverages.save(closed)
    uow.publish(window_closed)


async def close_if_due(shipment_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """A case ended: what waited for nothing but it closes right away. The caller holds the parcel's lock."""
    coverage = await uow.coverages.get(shipment_id)
    if now >= coverage.windows.closes_at:
        await close_claim_window(CloseClaimWindow(shipment_id), uow, now)
