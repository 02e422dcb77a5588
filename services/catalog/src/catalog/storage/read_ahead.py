"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from catalog.storage.buyer_holds import read_buyer_holds_ahead
from catalog.storage.offers import read_offers_ahead
from catalog.storage.pushed import read_pushed_ahead
from catalog.storage.reservations import read_reservations_ahead
from catalog.storage.sellers import read_sellers_ahead
from catalog.use_cases.push_offers import PushOffers
from catalog.use_cases.reserve_stock import ReserveStock
from chassis.db.session import Session

# A longer push reads for itself: it asks once for all its lines.
_LINES_MAX = 100


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """First what is locked by name (reservations, sellers), then all offers in one order: the order of locks is that of a
    single command."""
    orders = [one.order for one in commands if isinstance(one, ReserveStock)]
    if orders:
        await read_reservations_ahead(session, {order.order_id for order in orders})
        sellers = await read_offers_ahead(session, {line.offer_id for order in orders for line in order.lines})
        wanted_of = {
            (order.buyer_id, of_id)
            for order in orders
            if order.buyer_id is not None and order.trust_tier is not None
            for line in order.lines
            if line.offer_id in sellers
            for of_id in (line.offer_id, sellers[line.offer_id])
        }
        if wanted_of:
            await read_buyer_holds_ahead(session, wanted_of)
        # Pushes and orders never come through one door. If they did, each push would lock its own offers in turn.
        return
    pushes = [one for one in commands if isinstance(one, PushOffers)]
    if not pushes:
        return
    await read_sellers_ahead(session, {one.seller_id for one in pushes})
    short = [one for one in pushes if len(one.lines) <= _LINES_MAX]
    wanted = dict.fromkeys((one.seller_id, line.patch.sku_key) for one in short for line in one.lines if line.patch)
    if wanted:
        await read_pushed_ahead(session, wanted)
