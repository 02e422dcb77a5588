"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from chassis.kernel.clock import OffsetClock

# A Saturday morning, so that business days and calendar days differ from the first test on.
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class FakeClock(OffsetClock):
    """Business time for tests; it can stand in wherever an OffsetClock is asked for."""

    def __init__(self, now: datetime = START) -> None:
        super().__init__()
        self._now = now

    def now(self) -> datetime:
        """The instant the test chose."""
        return self._now

    def advance(self, **delta: float) -> datetime:
        """Move forward by `timedelta(**delta)`."""
        return self.move_to(self._now + timedelta(**delta))

    def move_to(self, instant: datetime) -> datetime:
        """Move to an instant; backwards is a mistake of the test."""
        assert instant >= self._now, "time does not run backwards"
        self._now = instant
        return instant
