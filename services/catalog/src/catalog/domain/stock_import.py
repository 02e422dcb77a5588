"""An import: a file of stock that is worked through part by part, and stops to ask before it empties a shop."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from catalog.domain.amounts import DecimalMark
from catalog.domain.stock_import_errors import (
    ConfirmationDiffers,
    ImportCannot,
    ImportOvertaken,
    ImportTimeWrong,
    NothingToImport,
)
from catalog.domain.stock_import_events import (
    ImportCancelled,
    ImportConfirmationAwaited,
    ImportConfirmed,
    ImportDone,
    ImportEvent,
    ImportFailed,
    ImportReceived,
    ImportStarted,
)
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable

# A full sync that takes more offers offline than this, and more than this share of what is on sale, is more often a wrong
# or broken file than a wish.
OFFLINE_UNASKED = 10
OFFLINE_UNASKED_PERCENT = 20
# Stock that nobody confirmed for a day is no longer what the warehouse holds.
CONFIRM_WITHIN = timedelta(hours=24)
# The lines and their results; the import itself stays.
KEPT_FOR = timedelta(days=30)
# Clocks of two machines may differ a little.
FUTURE_MAX = timedelta(minutes=5)


class ImportMode(StrEnum):
    """`update` leaves alone what the file does not name; `full_sync` takes it offline."""

    UPDATE = "update"
    FULL_SYNC = "full_sync"


class ImportState(StrEnum):
    """Where an import stands."""

    RECEIVED = "received"
    RUNNING = "running"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (ImportState.RECEIVED, ImportState.RUNNING, ImportState.AWAITING_CONFIRMATION)

IMPORTS = StateTable(
    {
        ("start", ImportState.RECEIVED): ImportState.RUNNING,
        **{("ask", state): ImportState.AWAITING_CONFIRMATION for state in (ImportState.RECEIVED, ImportState.RUNNING)},
        ("confirm", ImportState.AWAITING_CONFIRMATION): ImportState.RUNNING,
        ("finish", ImportState.RUNNING): ImportState.DONE,
        **{("fail", state): ImportState.FAILED for state in (ImportState.RECEIVED, ImportState.RUNNING)},
        **{("cancel", state): ImportState.CANCELLED for state in UNFINISHED},
    },
    ImportCannot,
)


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A column of the file by its header, and ours that it was taken for; None where it means nothing to us."""

    header: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file was read. `decimal_mark` None: every amount has to speak for itself; `currency` is that of lines that name
    none."""

    encoding: str
    delimiter: str
    decimal_mark: DecimalMark | None
    decimal_marks_contradict: bool
    currency: str | None
    columns: tuple[ColumnRead, ...]


@dataclass(frozen=True, slots=True)
class Offline:
    """What a full sync means for a shop: of `live` offers on sale, `going` are not in the file."""

    live: int
    going: int

    def needs_confirmation(self, confirmed: int | None) -> bool:
        """Whether the seller must say that it means it; a little more than it confirmed is as much a surprise."""
        if confirmed is not None and self.going <= confirmed:
            return False
        return self.going > OFFLINE_UNASKED and self.going * 100 > self.live * OFFLINE_UNASKED_PERCENT


@dataclass(frozen=True, slots=True)
class StockImport:
    """A file of a seller. `as_of` is when its figures were right; a `dry_run` judges every line and changes none.

    `offline` are the figures of a full sync when it began, or stopped to ask; `confirmed_offline` is the number the seller named.
    """

    id: Id
    version: int
    seller_id: Id
    state: ImportState
    mode: ImportMode
    dry_run: bool
    confirm_prices: bool
    as_of: datetime
    sha256: str
    rows: int
    parts: int
    reading: Reading
    received_at: datetime
    offline: Offline | None = None
    confirmed_offline: int | None = None
    ended_at: datetime | None = None
    reason: str | None = None

    @property
    def is_full_sync(self) -> bool:
        """Whether what the file does not name goes offline."""
        return self.mode is ImportMode.FULL_SYNC

    def start(self, offline: Offline | None) -> tuple["StockImport", ImportEvent]:
        """Begin, or ask first. `offline` is None where nothing can go offline; a dry run only tells the figures."""
        if offline is not None and not self.dry_run and offline.needs_confirmation(self.confirmed_offline):
            return self.ask(offline)
        after = self._moved("start", offline=offline)
        return after, ImportStarted(aggregate_id=self.id, seq=after.version, seller_id=self.seller_id)

    def ask(self, offline: Offline) -> tuple["StockImport", ImportEvent]:
        """Wait for the seller's word on what would go offline."""
        after = self._moved("ask", offline=offline)
        event = ImportConfirmationAwaited(
            aggregate_id=self.id, seq=after.version, seller_id=self.seller_id, live=offline.live, going=offline.going
        )
        return after, event

    def confirm(self, going: int) -> tuple["StockImport", ImportEvent]:
        """The seller names the number of offers that it lets go offline: the one it was shown."""
        IMPORTS.after("confirm", self.state)
        assert self.offline is not None, "whoever asks says about what"
        if going != self.offline.going:
            raise ConfirmationDiffers(
                f"{self.offline.going} offers would go offline, not {going}", offers_going_offline=self.offline.going
            )
        after = self._moved("confirm", confirmed_offline=going)
        event = ImportConfirmed(aggregate_id=self.id, seq=after.version, seller_id=self.seller_id, going=going)
        return after, event

    def finish(self, counts: dict[str, int], now: datetime) -> tuple["StockImport", ImportEvent]:
        """Every line has its verdict."""
        after = self._moved("finish", ended_at=now)
        return after, ImportDone(aggregate_id=self.id, seq=after.version, seller_id=self.seller_id, counts=counts)

    def fail(self, reason: str, now: datetime) -> tuple["StockImport", ImportEvent]:
        """It cannot go on, for the reason of this code; what was applied stays."""
        after = self._moved("fail", ended_at=now, reason=reason)
        return after, ImportFailed(aggregate_id=self.id, seq=after.version, seller_id=self.seller_id, reason=reason)

    def cancel(self, reason: str, now: datetime) -> tuple["StockImport", ImportEvent]:
        """Its seller does not want it any more, or never said the word; what was applied stays."""
        after = self._moved("cancel", ended_at=now, reason=reason)
        return after, ImportCancelled(aggregate_id=self.id, seq=after.version, seller_id=self.seller_id, reason=reason)

    def _moved(self, move: str, **changes: object) -> "StockImport":
        state = IMPORTS.after(move, self.state)
        return replace(self, state=state, version=self.version + 1, **changes)  # type: ignore[arg-type]


def receive(new: StockImport, newest_full_sync: datetime | None, now: datetime) -> tuple[StockImport, ImportEvent]:
    """A file that may be worked on: it holds lines, its instant is no later than now, and no full sync is newer.

    A full sync without a line may be meant; whoever means it confirms it.
    """
    if not new.rows and not new.is_full_sync:
        raise NothingToImport()
    if new.as_of > now + FUTURE_MAX:
        raise ImportTimeWrong(f"as of {new.as_of.isoformat()}")
    if newest_full_sync is not None and new.as_of < newest_full_sync:
        raise ImportOvertaken(f"A full sync as of {newest_full_sync.isoformat()} is newer")
    event = ImportReceived(
        aggregate_id=new.id,
        seq=new.version,
        seller_id=new.seller_id,
        mode=new.mode,
        dry_run=new.dry_run,
        rows=new.rows,
        as_of=new.as_of,
    )
    return new, event
