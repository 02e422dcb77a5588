"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from catalog.storage.offers import read_offers_ahead
from catalog.storage.reservations import read_reservations_ahead
from catalog.use_cases.reserve_stock import ReserveStock
from chassis.db.session import Session


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """The reservations, then all offers in one order: the order of locks is that of a single command."""
    orders = [one.order for one in commands if isinstance(one, ReserveStock)]
    if orders:
        await read_reservations_ahead(session, {order.order_id for order in orders})
        await read_offers_ahead(session, {line.offer_id for order in orders for line in order.lines})
