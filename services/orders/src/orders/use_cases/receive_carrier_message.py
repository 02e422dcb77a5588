"""A carrier's signed message is written down as it came, once; what it means is worked out afterwards."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id, derived_id
from orders.use_cases.ports import CarrierMessage, UnitOfWork
from orders.use_cases.ship_seller_order import normal_parcel

_CARRIERS = Id("6b8f1d1e-5c0a-7a5e-9d5a-0d3f4b7c2a10")


@dataclass(frozen=True)
class Scan:
    """What a readable message says."""

    carrier: str
    tracking_number: str
    status: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class ReceiveCarrierMessage:
    """`scan` is None where the body could not be read; it is kept all the same."""

    webhook_id: str
    body: str
    scan: Scan | None


async def receive_carrier_message(command: ReceiveCarrierMessage, uow: UnitOfWork, now: datetime) -> None:
    """Keeps the message unless it is a repeat, and sets the deadline that applies it right after the commit."""
    message_id = derived_id(_CARRIERS, command.webhook_id)
    if command.scan is None:
        await uow.carrier_messages.keep(
            CarrierMessage(message_id, command.webhook_id, command.body, now, state="unreadable")
        )
        return
    carrier, tracking_number = normal_parcel(command.scan.carrier, command.scan.tracking_number)
    message = CarrierMessage(
        id=message_id,
        webhook_id=command.webhook_id,
        body=command.body,
        received_at=now,
        carrier=carrier,
        tracking_number=tracking_number,
        status=command.scan.status,
        at=command.scan.at,
        reason=command.scan.reason,
    )
    if await uow.carrier_messages.keep(message):
        await uow.timers.set("carrier_message", message_id, now)
