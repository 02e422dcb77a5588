"""Notes how sellers serve their orders: when an order is to be shipped, when it was, and which devices came back."""

from dataclasses import dataclass
from datetime import date, datetime

from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.ports_buy_box import ServiceNote


@dataclass(frozen=True, slots=True)
class NoteService:
    """What a fact says about one seller order."""

    note: ServiceNote


async def note_service(command: NoteService, uow: CatalogUnit, now: datetime) -> None:
    """Facts come from topics that know no common order, so each adds what it knows."""
    await uow.service.note(command.note)


@dataclass(frozen=True, slots=True)
class CountRecords:
    """Every seller's record as of a day."""

    day: date


async def count_records(command: CountRecords, uow: CatalogUnit, now: datetime) -> int:
    """Once a day, so that a decision of the morning can still be followed in the evening."""
    return await uow.service.count(command.day)
