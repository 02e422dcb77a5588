"""What use cases and doors need from outside, as Protocols: repositories, timers, the markets' rules, reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aftersales.domain.case import Case, CaseState
from aftersales.domain.case_rules import CaseRules
from aftersales.domain.coverage import Coverage
from aftersales.domain.policies import CoverageRules
from aftersales.domain.return_place import ReturnPlace
from aftersales.domain.shipment import Shipment
from aftersales.domain.warranty import SoldLine
from aftersales.use_cases.ports_sellers import Sellers
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


class Coverages(Protocol):
    """Coverages by the id of their shipment."""

    async def get(self, id: Id) -> Coverage: ...
    async def find(self, id: Id) -> Coverage | None: ...
    async def of_seller_order(self, seller_order_id: Id) -> Sequence[Coverage]: ...
    async def of_order(self, order_id: Id) -> Sequence[Coverage]: ...
    async def add(self, *coverages: Coverage) -> None: ...
    async def save(self, aggregate: Coverage) -> None: ...


class Cases(Protocol):
    """Cases by their id."""

    async def get(self, id: Id) -> Case: ...
    async def find(self, id: Id) -> Case | None: ...
    async def of_unit(self, shipment_id: Id, invoiced_unit: str) -> Sequence[Case]:
        """Every case of a device, and of what replaced it, the oldest first."""
        ...

    async def replaced_by(self, order_id: Id, unit: str) -> Sequence[Case]:
        """The cases of an order that ended with this device in another one's place."""
        ...

    async def open_of_shipment(self, shipment_id: Id) -> Sequence[Case]: ...
    async def without_place(self, seller_id: Id) -> Sequence[Case]:
        """Open cases of a seller whose buyers do not know yet where to send the parcel."""
        ...

    async def give_place(self, case_id: Id, place: ReturnPlace) -> None:
        """No fact of the case: its version stays."""
        ...

    async def add(self, *cases: Case) -> None: ...
    async def save(self, aggregate: Case) -> None: ...


class Shipments(Protocol):
    """Copies of what orders told at dispatch; adding one that is there changes nothing."""

    async def get(self, id: Id) -> Shipment: ...
    async def of_order(self, order_id: Id) -> Sequence[Shipment]: ...
    async def add(self, shipment: Shipment) -> None: ...


class SoldLines(Protocol):
    """Copies of what orders told when a seller order was opened; empty while it has not.

    Whoever asks or adds holds back rivals of the same seller order until the end of the transaction: a delivery that does
    not see the lines and lines that do not see the delivery would otherwise miss each other for good.
    """

    async def of(self, seller_order_id: Id) -> Sequence[SoldLine]: ...
    async def add(self, seller_order_id: Id, lines: Sequence[SoldLine]) -> None: ...


class Timers(Protocol):
    """Deadlines."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...
    async def cancel(self, kind: str, key: Id) -> None: ...


class UnitOfWork(Protocol):
    """What a use case works with, inside a transaction it neither opens nor closes."""

    @property
    def cases(self) -> Cases: ...
    @property
    def coverages(self) -> Coverages: ...
    @property
    def shipments(self) -> Shipments: ...
    @property
    def sold_lines(self) -> SoldLines: ...
    @property
    def sellers(self) -> Sellers: ...
    @property
    def timers(self) -> Timers: ...

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None: ...

    async def lock(self, key: Id) -> None:
        """Wait for any other transaction that locked this key."""
        ...


class Markets(Protocol):
    """The markets' rules about claims, under the version of an order."""

    def rules(self, market: str, version: str, delivered_at: datetime) -> CoverageRules: ...
    def case_rules(self, market: str, version: str, at: datetime) -> CaseRules: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a party sees its own coverages and cases; without either id all of them are seen."""

    buyer_id: Id | None = None
    seller_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which coverages are asked for; None asks for any."""

    order_id: Id | None = None
    seller_order_id: Id | None = None


@dataclass(frozen=True, slots=True)
class WantedCases:
    """Which cases are asked for; None asks for any."""

    order_id: Id | None = None
    seller_order_id: Id | None = None
    state: CaseState | None = None
    is_open: bool | None = None


class Queries(Protocol):
    """The read side. Pages are in id order; `after` is the last id seen."""

    async def coverage(self, reader: Reader, shipment_id: Id) -> Coverage:
        """One coverage, or `CoverageNotFound` where there is none or it is not the reader's."""
        ...

    async def coverages(self, reader: Reader, wanted: Wanted, after: Id | None, limit: int) -> Sequence[Coverage]: ...

    async def case(self, reader: Reader, case_id: Id) -> Case:
        """One case, or `CaseNotFound` where there is none or it is not the reader's."""
        ...

    async def cases(self, reader: Reader, wanted: WantedCases, before: Id | None, limit: int) -> Sequence[Case]:
        """The newest first."""
        ...
