"""A sign-in that lasts: short tokens are renewed in it until it is ended, idle for too long, or too old."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.domain.errors import SessionEnded
from chassis.kernel.ids import Id

# An answer that was lost on its way is asked for again at once; later an old token means that somebody has stolen it.
REPEAT_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Lifetimes:
    """How long a session may rest, and how long it lasts at most; real time."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True)
class SignInRules:
    """`factor_needed_by`: kinds of companies whose people may do nothing before they have a second factor."""

    lifetimes: Lifetimes
    factor_needed_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Device:
    """Where a sign-in comes from, as coarse as it is still recognised by its owner: no address, no version."""

    network: str | None
    agent: str | None


@dataclass(frozen=True)
class Session:
    """`generation` counts the refresh tokens that were given out; only the newest one works. All times are real time."""

    id: Id
    version: int
    user_id: Id
    company_id: Id
    device: Device
    generation: int
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def is_open(self, lifetimes: Lifetimes, at: datetime) -> bool:
        """Whether it can still be renewed."""
        return self.ended_at is None and at < min(self.expires_at, self.last_seen_at + lifetimes.idle)

    def is_repeat(self, generation: int, at: datetime) -> bool:
        """Whether the refresh token before the newest one comes again because its answer was lost."""
        return generation == self.generation - 1 and at < self.last_seen_at + REPEAT_WITHIN

    def renewed(self, lifetimes: Lifetimes, at: datetime) -> "Session":
        """The next refresh token replaces the one before."""
        if not self.is_open(lifetimes, at):
            raise SessionEnded()
        return self._next(generation=self.generation + 1, last_seen_at=at)

    def ended(self, at: datetime) -> "Session":
        """For good."""
        return self._next(ended_at=self.ended_at or at)

    def _next(self, **changes: object) -> "Session":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def new_session(id: Id, user_id: Id, company_id: Id, device: Device, lifetimes: Lifetimes, at: datetime) -> Session:
    """A person has signed in."""
    return Session(id, 1, user_id, company_id, device, 1, at, at, at + lifetimes.longest)
