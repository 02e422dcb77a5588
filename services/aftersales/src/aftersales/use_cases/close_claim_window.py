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
    """Close it; a deadline that comes again finds it closed."""
    coverage = await uow.coverages.get(command.shipment_id)
    if not coverage.is_open:
        return
    closed, window_closed = coverage.close_claim_window(now)
    await uow.coverages.save(closed)
    uow.publish(window_closed)
