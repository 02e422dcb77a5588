"""Time as a value: use cases get `now` as an argument, and only this module asks the machine."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells business time (with the sandbox's offset) to whoever starts a command."""

    def now(self) -> datetime:
        """The current business instant in UTC."""
        ...


class OffsetClock:
    """Real time plus an offset that a sandbox operator may move forward; without a sandbox it stays zero."""

    def __init__(self) -> None:
        self.offset = timedelta()
        # What the database's clock is ahead of ours: decisions use the database's clock, measured at start and now and then.
        self.database_skew = timedelta()

    def now(self) -> datetime:
        """Business time: the database's clock plus the sandbox offset."""
        return real_now() + self.database_skew + self.offset


def real_now() -> datetime:
    """Real time in UTC, for facts that never follow the test clock: tokens, sessions, signatures, receipts."""
    return datetime.now(UTC)
