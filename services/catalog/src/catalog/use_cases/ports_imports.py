"""What imports need of the outside: their store inside a transaction, and queries outside of one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from catalog.domain.offer import Offer
from catalog.domain.stock import Stock
from catalog.domain.stock_import import Offline, StockImport
from chassis.kernel.ids import Id

if TYPE_CHECKING:
    from catalog.use_cases.push_offers import LineResult


class ImportPart(NamedTuple):
    """Up to 1,000 rows of a file, packed by whoever cut it, and the SKUs they name (also those of rows that are wrong)."""

    n: int
    rows: int
    packed: bytes
    sku_keys: tuple[str, ...]


class StockImports(Protocol):
    """Imports with their parts."""

    async def add(self, new: StockImport, parts: Sequence[ImportPart]) -> None:
        """Store a new import with all its parts."""
        ...

    async def locked(self, id: Id) -> StockImport:
        """The import, locked until the commit; raises ImportNotFound."""
        ...

    async def save(self, changed: StockImport) -> None:
        """Store the new state, if nobody else has changed it."""
        ...

    async def unfinished_of(self, seller_id: Id) -> Id | None:
        """The seller's import that has not ended."""
        ...

    async def newest_full_sync(self, seller_id: Id) -> datetime | None:
        """The instant of the seller's newest full sync that changed something."""
        ...

    async def is_open(self, id: Id, n: int) -> bool:
        """Whether the part still waits."""
        ...

    async def settle(self, id: Id, n: int, results: Sequence["LineResult"], now: datetime) -> None:
        """Store what became of a part's lines."""
        ...

    async def settle_sweep(self, id: Id, n: int, results: Sequence["LineResult"], now: datetime) -> None:
        """Store what became of offers that the file does not name, as a part of its own."""
        ...

    async def offline(self, one: StockImport) -> Offline:
        """How many offers are on sale, and how many of them a full sync would take offline."""
        ...

    async def unnamed(self, one: StockImport, limit: int) -> list[str]:
        """SKUs with stock that the file does not name and nothing newer has counted, in order."""
        ...

    async def counts(self, id: Id) -> Mapping[str, int]:
        """Lines by verdict, and `taken_offline`."""
        ...

    async def forget_lines(self, id: Id) -> None:
        """Delete the lines and their results."""
        ...


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import with how far it has come: lines by verdict, refusals by code, and parts that are done."""

    one: StockImport
    lines_done: int
    parts_done: int
    counts: Mapping[str, int]
    problems: Mapping[str, int]
    lines_kept: bool


class ExportedOffer(NamedTuple):
    """An offer with its figures. `sold_between` units were sold after the count and before the newest line."""

    offer: Offer
    stock: Stock
    updated_at: datetime
    sold_between: int


class OfferExport(Protocol):
    """Reads all offers of a seller."""

    async def countries(self, seller_id: Id) -> Sequence[str]:
        """Countries for which some offer of the seller has a price of its own."""
        ...

    def pages(self, seller_id: Id) -> AsyncIterator[Sequence[ExportedOffer]]:
        """In the order of their SKUs."""
        ...


class ImportQueries(Protocol):
    """Reads outside of any transaction."""

    async def one(self, seller_id: Id, id: Id) -> ImportView:
        """An import of this seller; raises ImportNotFound."""
        ...

    async def of_seller(self, seller_id: Id, limit: int, before: Id | None) -> list[ImportView]:
        """Newest first."""
        ...

    async def by_id(self, id: Id) -> StockImport:
        """Any import; for the errand."""
        ...

    async def next_part(self, id: Id) -> tuple[int, bytes] | None:
        """The first part that waits, packed; None when all have their results."""
        ...

    async def parts_of(self, id: Id) -> int:
        """The number of the last part, those of offers that the file does not name included."""
        ...

    async def first_rows(self, id: Id) -> bytes | None:
        """The first part, packed, if it is still kept."""
        ...

    def settled_parts(self, id: Id) -> AsyncIterator[tuple[bytes | None, Sequence["LineResult"]]]:
        """Rows (None for what the file does not name) and results, part by part."""
        ...
