"""A parcel has left: keep what its delivery will need."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.shipment import Shipment
from aftersales.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class NoteShipment:
    """What orders told."""

    shipment: Shipment


async def note_shipment(command: NoteShipment, uow: UnitOfWork, now: datetime) -> None:
    """Keep it."""
    await uow.shipments.add(command.shipment)
