"""The buyer asks for another attempt after one failed."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import ShipmentNotFound
from orders.use_cases.move_parcel import move_parcel, the_parcel
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AskRedelivery:
    """Which parcel of whose order."""

    buyer_id: Id
    order_id: Id
    shipment_id: Id


async def ask_redelivery(command: AskRedelivery, uow: UnitOfWork, now: datetime) -> Id:
    """The seller is told and arranges it with its carrier; the carrier's next scan says that it happened.

    Raises ShipmentNotFound, or ShipmentMoveRefused while no attempt has failed, RedeliveryAskedAlready after the same attempt.
    """
    seen = await uow.shipments.find(command.shipment_id)
    if seen is None or (seen.buyer_id, seen.order_id) != (command.buyer_id, command.order_id):
        raise ShipmentNotFound(id=str(command.shipment_id))
    parcel = await the_parcel(uow, command.shipment_id)
    await move_parcel(uow, parcel, parcel.shipment.ask_redelivery(at=now), None, "ask_redelivery", "buyer", now)
    return command.shipment_id
