"""The catalogue told of a device's passport: parcels are held to what it says."""

from dataclasses import dataclass
from datetime import datetime

from orders.domain.unit_records import UnitRecord
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class NoteUnit:
    """The passport as it is after its fact number `seq`."""

    record: UnitRecord
    seq: int


async def note_unit(command: NoteUnit, uow: UnitOfWork, now: datetime) -> None:
    """Keep what parcels need of it."""
    await uow.units.keep(command.record, command.seq)
