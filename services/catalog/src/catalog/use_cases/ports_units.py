"""What the use cases and doors need of the store of passports, and how passports are read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from catalog.domain.unit import Unit, UnitChange, UnitOffer, UnitState
from chassis.kernel.ids import Id


class KeptUnit(NamedTuple):
    """A passport as it is to be stored, with what is new in its history."""

    unit: Unit
    history: Sequence[UnitChange]


class Units(Protocol):
    """The passports."""

    async def with_numbers(self, numbers: Collection[str]) -> list[Unit]:
        """Those that are not retired, of all sellers, locked in the order of their numbers."""
        ...

    async def offers_of(self, seller_id: Id, sku_keys: Collection[str]) -> Mapping[str, UnitOffer]:
        """A seller's offers by the key of their SKU; those that exist."""
        ...

    async def add(self, units: Collection[KeptUnit], now: datetime) -> set[Id]:
        """Store new passports; the ids of those that were stored. The others' numbers were taken by a rival a moment ago."""
        ...

    async def save(self, units: Collection[KeptUnit], now: datetime) -> None:
        """Replace passports read by `with_numbers`."""
        ...

    async def remember_case(self, case_id: Id, seller_id: Id, number: str) -> None:
        """Which device a case is about: only its first fact says so."""
        ...

    async def unit_of_case(self, case_id: Id) -> str | None:
        """The number of the device a case is about."""
        ...


@dataclass(frozen=True, slots=True)
class UnitView:
    """A passport as its seller reads it."""

    unit: Unit
    title: str
    category: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class UnitCheck:
    """A passport as whoever holds the device reads it: no seller's, buyer's or order's word in it."""

    unit: Unit
    title: str
    category: str
    history: Sequence[UnitChange]


class UnitQueries(Protocol):
    """Reads outside of any transaction."""

    async def of_seller(
        self,
        seller_id: Id,
        sku: str | None,
        state: UnitState | None,
        number: str | None,
        updated_since: datetime | None,
        limit: int,
        after: tuple[datetime, Id] | None,
    ) -> list[UnitView]:
        """A seller's passports by the time of their last change."""
        ...

    async def one(self, seller_id: Id, id: Id) -> UnitView | None:
        """One passport of a seller."""
        ...

    async def history(self, id: Id) -> Sequence[UnitChange]:
        """All that happened to a device here, oldest first."""
        ...

    async def check(self, code: str) -> UnitCheck | None:
        """The passport behind a code."""
        ...


class Labels(Protocol):
    """What is printed for a device."""

    def check_url(self, code: str) -> str:
        """Where whoever scans it is led."""
        ...

    def label(self, code: str, title: str) -> str:
        """The QR code as SVG, with the title for who cannot see it."""
        ...
