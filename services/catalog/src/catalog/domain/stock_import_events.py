"""Facts about imports; `messaging.outbound_imports` makes them public."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


@dataclass(frozen=True, kw_only=True)
class ImportEvent(DomainEvent):
    """A fact about a seller's import."""

    seller_id: Id


@dataclass(frozen=True, kw_only=True)
class ImportReceived(ImportEvent):
    """A file came, and will be worked on."""

    mode: str
    dry_run: bool
    rows: int
    as_of: datetime


@dataclass(frozen=True, kw_only=True)
class ImportStarted(ImportEvent):
    """Its lines are being applied."""


@dataclass(frozen=True, kw_only=True)
class ImportConfirmationAwaited(ImportEvent):
    """Of `live` offers on sale, `going` are not in the file: more than anybody takes offline without being asked."""

    live: int
    going: int


@dataclass(frozen=True, kw_only=True)
class ImportConfirmed(ImportEvent):
    """The seller lets so many offers go offline."""

    going: int


@dataclass(frozen=True, kw_only=True)
class ImportDone(ImportEvent):
    """Every line has its verdict; `counts` by verdict."""

    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ImportFailed(ImportEvent):
    """It cannot go on; what was applied stays."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportCancelled(ImportEvent):
    """It was called off, or nobody confirmed it; what was applied stays."""

    reason: str
