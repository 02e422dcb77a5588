"""Facts of `orders` that invoices will need: kept as they come, in whatever order."""

from datetime import datetime

from payments.domain.facts import Dispatch, OrderedParts
from payments.use_cases.ports import UnitOfWork


async def note_seller_order(ordered: OrderedParts, uow: UnitOfWork, now: datetime) -> None:
    """What was ordered from a seller; its company is fetched ahead of the first invoice."""
    await uow.seller_orders.store(ordered)
    if await uow.parties.find(ordered.seller_id) is None:
        await uow.timers.set("fetch_party", ordered.seller_id, now)


async def note_dispatch(dispatch: Dispatch, uow: UnitOfWork, now: datetime) -> None:
    """Goods left: their invoices are due now."""
    await uow.shipments.store(dispatch)
    await uow.timers.set("invoice_shipment", dispatch.shipment_id, now)
