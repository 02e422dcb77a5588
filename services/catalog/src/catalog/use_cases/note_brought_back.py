"""A parcel came back without having reached its buyer: the devices in it are their seller's again."""

from dataclasses import dataclass
from datetime import datetime

from catalog.use_cases.move_units import move_units
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class NoteBroughtBack:
    """A parcel of the seller with the devices that have these numbers."""

    seller_id: Id
    numbers: tuple[str, ...]


async def note_brought_back(command: NoteBroughtBack, uow: CatalogUnit, now: datetime) -> None:
    """What has no passport is passed over; stock is the seller's to push, as with every device that comes back."""
    await move_units(uow, command.seller_id, command.numbers, "give_back", now)
