"""An archive of everything that is kept of a person or a company: asked for, gathered from every holder, there for a week."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import ExportGone, ExportMoveRefused, ExportNotReady
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Subject
from chassis.kernel.state import StateTable

# So long it can be fetched: long enough for a holiday weekend, short enough not to become a place where data lies about.
FETCHED_WITHIN = timedelta(days=7)


class ExportState(StrEnum):
    """Until every holder has answered; while it can be fetched; afterwards."""

    GATHERING = "gathering"
    READY = "ready"
    GONE = "gone"


MOVES = StateTable(
    {
        ("complete", ExportState.GATHERING): ExportState.READY,
        ("forget", ExportState.GATHERING): ExportState.GONE,
        ("forget", ExportState.READY): ExportState.GONE,
    },
    ExportMoveRefused,
)


@dataclass(frozen=True)
class DataExport:
    """`asked_by` may fetch it, nobody else. `archive` is a ZIP, there while it is ready. Business time."""

    id: Id
    version: int
    subject: Subject
    asked_by: Id
    state: ExportState
    asked_at: datetime
    expires_at: datetime | None = None
    archive: bytes | None = None

    def complete(self, archive: bytes, at: datetime) -> "DataExport":
        """Every holder has answered."""
        return self._next("complete", expires_at=at + FETCHED_WITHIN, archive=archive)

    def forget(self) -> "DataExport":
        """It cannot be fetched any more."""
        return self._next("forget", archive=None)

    def fetched(self) -> bytes:
        """The archive, or why there is none."""
        if self.state is ExportState.GATHERING:
            raise ExportNotReady()
        if self.archive is None:
            raise ExportGone()
        return self.archive

    def _next(self, move: str, **changes: object) -> "DataExport":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, **changes)  # type: ignore[arg-type]
