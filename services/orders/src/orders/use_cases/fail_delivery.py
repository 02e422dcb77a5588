"""The carrier stood before a closed door, or was sent away."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.delivery_terms import FailureReason
from orders.use_cases.move_parcel import move_parcel, the_parcel
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.return_shipment import ReturnShipment, return_shipment


@dataclass(frozen=True)
class FailDelivery:
    """What the carrier says about its attempt."""

    shipment_id: Id
    reason: FailureReason


async def fail_delivery(command: FailDelivery, uow: UnitOfWork, now: datetime) -> None:
    """DELIVERY_FAILED; a further attempt that fails is counted. Refusing a parcel ends the sale only where the market says so."""
    parcel = await the_parcel(uow, command.shipment_id)
    if not parcel.may("fail"):
        return
    if uow.rules.of_version(parcel.order.policy_version).delivery_terms.ends_by(command.reason):
        await return_shipment(ReturnShipment(command.shipment_id, refused=True), uow, now)
        return
    may = parcel.part_may("fail_delivery")
    part_moved = parcel.part.fail_delivery(str(command.reason), at=now) if may else None
    await move_parcel(uow, parcel, parcel.shipment.fail(command.reason), part_moved, "fail_delivery", "carrier", now)
