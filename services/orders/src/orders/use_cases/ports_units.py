"""What the use cases need to know of single devices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from chassis.kernel.ids import Id
from orders.domain.unit_records import UnitRecord


@dataclass(frozen=True, slots=True)
class CaseUnit:
    """The device that a case is about, and the parcel it came with."""

    case_id: Id
    number: str
    shipment_id: Id


class UnitRecords(Protocol):
    """Copies of passports, and which device each case is about."""

    async def keep(self, record: UnitRecord, seq: int) -> None:
        """Insert or replace; an older word never replaces a newer one."""
        ...

    async def with_numbers(self, numbers: Collection[str]) -> Sequence[UnitRecord]:
        """Passports of these devices that are not retired, of all sellers."""
        ...

    async def remember_case(self, unit: CaseUnit) -> None:
        """Only the first fact of a case names its device."""
        ...

    async def of_case(self, case_id: Id) -> CaseUnit | None:
        """The device of a case."""
        ...

    async def free(self, number: str, shipment_id: Id) -> None:
        """The device that left with this parcel is its seller's again and may leave with another one."""
        ...

    async def claim(self, number: str, shipment_id: Id) -> None:
        """A device left in the place of one of this parcel; nothing where its number has left before."""
        ...
