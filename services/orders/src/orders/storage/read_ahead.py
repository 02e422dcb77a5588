"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from chassis.db.session import Session
from chassis.db.write_behind import read_ahead
from chassis.kernel.ids import Id
from orders.storage.orders import OrderRepository, draw_numbers_ahead, read_holds_ahead
from orders.storage.records import read_parties_ahead
from orders.use_cases.place_order import PlaceOrder
from orders.use_cases.record_payment_opened import RecordPaymentOpened
from orders.use_cases.refuse_order import RefuseOrder
from orders.use_cases.settle_reservation import SettleReservation


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """Orders are locked in id order, so that two batches never wait for each other in a circle."""
    placed = [one for one in commands if isinstance(one, PlaceOrder)]
    settled = [one.held for one in commands if isinstance(one, SettleReservation)]
    locked: set[Id] = {held.order_id for held in settled}
    locked.update(one.order_id for one in commands if isinstance(one, RefuseOrder))
    opened = {one.instructions.order_id for one in commands if isinstance(one, RecordPaymentOpened)}
    repository = OrderRepository(session)
    found = await read_ahead(session, repository, locked, lock=True)
    await read_ahead(session, repository, opened - locked, lock=False)
    if settled:
        buyers = {order.buyer_id for order in found}
        await read_parties_ahead(session, buyers.union(*(held.seller_ids for held in settled)))
    else:
        buyers = set()
    buyers.update(one.buyer_id for one in placed)
    if buyers:
        await read_holds_ahead(session, buyers)
    if placed:
        await draw_numbers_ahead(session, len(placed))
