"""The buyer's card could not be charged for a parcel that waited: it stays, and its devices may be named again."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.shipment import MOVES
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.mark_late import watch_ship_by
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class WithdrawShipment:
    """`reason` is the code that payments gives."""

    shipment_id: Id
    reason: str


async def withdraw_shipment(command: WithdrawShipment, uow: UnitOfWork, now: datetime) -> None:
    """The seller order waits to be shipped again; a repeated answer changes nothing."""
    seen = await uow.shipments.find(command.shipment_id)
    if seen is None:
        return
    _, part = await lock_seller_order(uow, seen.seller_order_id)
    shipment = await uow.shipments.find(command.shipment_id)
    assert shipment is not None, "a shipment is never removed"
    if not MOVES.allows("withdraw", shipment.state):
        return
    shipment, withdrawn = shipment.withdraw(command.reason)
    await uow.shipments.save(shipment)
    await uow.shipments.free_units(shipment.id)
    uow.publish(withdrawn)
    moved = part.withdraw(command.reason, at=now)
    await watch_ship_by(uow, await keep_seller_order(uow, part, moved, "withdraw", "payments", now))
