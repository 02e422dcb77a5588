"""A parcel left: the passports of its devices say so."""

from dataclasses import dataclass
from datetime import datetime

from catalog.use_cases.move_units import move_units
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class NoteShipped:
    """A parcel of the seller with the devices that have these numbers."""

    seller_id: Id
    numbers: tuple[str, ...]


async def note_shipped(command: NoteShipped, uow: CatalogUnit, now: datetime) -> None:
    """Parcels need no passports: what has none is passed over."""
    await move_units(uow, command.seller_id, command.numbers, "ship", now)
