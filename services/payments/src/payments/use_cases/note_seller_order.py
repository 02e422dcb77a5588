"""What was ordered from a seller: kept until a shipment needs its invoice."""

from datetime import datetime

from payments.domain.facts import OrderedParts
from payments.use_cases.ports import UnitOfWork


async def note_seller_order(ordered: OrderedParts, uow: UnitOfWork, now: datetime) -> None:
    """Keep it, and fetch the seller's company ahead of the first invoice."""
    await uow.seller_orders.store(ordered)
    if await uow.parties.find(ordered.seller_id) is None:
        await uow.timers.set("fetch_party", ordered.seller_id, now)
