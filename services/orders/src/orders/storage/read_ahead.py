"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from chassis.db.session import Session
from chassis.db.write_behind import read_ahead
from chassis.kernel.ids import Id
from orders.storage.orders import OrderRepository, draw_numbers_ahead, read_holds_ahead
from orders.storage.records import read_papers_ahead, read_parties_ahead
from orders.storage.seller_orders import read_parts_ahead
from orders.use_cases.check_limits import CheckLimits
from orders.use_cases.decide_approval import DecideApproval
from orders.use_cases.place_order import PlaceOrder
from orders.use_cases.prepare_purchase_order import PreparePurchaseOrder
from orders.use_cases.record_payment_opened import RecordPaymentOpened
from orders.use_cases.refuse_order import RefuseOrder
from orders.use_cases.settle_reservation import SettleReservation
from orders.use_cases.store_purchase_order import StorePurchaseOrder


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """Orders are locked in id order, so that two batches never wait for each other in a circle."""
    placed = [one for one in commands if isinstance(one, PlaceOrder)]
    settled = [one.held for one in commands if isinstance(one, SettleReservation)]
    stored = {one.order_id for one in commands if isinstance(one, StorePurchaseOrder)}
    printed = {one.order_id for one in commands if isinstance(one, PreparePurchaseOrder)}
    locked: set[Id] = {held.order_id for held in settled} | stored
    locked.update(one.order_id for one in commands if isinstance(one, (RefuseOrder, CheckLimits, DecideApproval)))
    looked_at = {one.instructions.order_id for one in commands if isinstance(one, RecordPaymentOpened)} | printed
    repository = OrderRepository(session)
    found = await read_ahead(session, repository, locked, lock=True)
    seen = await read_ahead(session, repository, looked_at - locked, lock=False)
    # Whoever settles asks what its buyer holds, so does whoever places.
    holding = {order.buyer_id for order in found if order.id not in stored} if settled else set()
    companies = holding.union(*(held.seller_ids for held in settled))
    if printed:
        companies.update(order.buyer_id for order in (*found, *seen) if order.id in printed)
        companies.update(part.seller_id for part in await read_parts_ahead(session, printed))
    if printed or stored:
        await read_papers_ahead(session, printed | stored, instructions=bool(printed))
    if companies:
        await read_parties_ahead(session, companies)
    holding.update(one.buyer_id for one in placed)
    if holding:
        await read_holds_ahead(session, holding)
    if placed:
        await draw_numbers_ahead(session, len(placed))
