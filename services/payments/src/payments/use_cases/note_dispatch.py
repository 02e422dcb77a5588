"""Goods left: their invoices are due now."""

from datetime import datetime

from payments.domain.facts import Dispatch
from payments.use_cases.ports import UnitOfWork


async def note_dispatch(dispatch: Dispatch, uow: UnitOfWork, now: datetime) -> None:
    """Keep what left, and set the errand that numbers its invoices."""
    await uow.shipments.store(dispatch)
    await uow.timers.set("invoice_shipment", dispatch.shipment_id, now)
