"""How many attempts to sign in are too many: counted where they come from, so that a stranger locks nobody else out."""

from dataclasses import dataclass
from datetime import timedelta

ATTEMPTS_MAX = 5
WINDOW = timedelta(minutes=15)
# From here on an address is under attack from many places: its sign-ins from places we do not know take longer and longer.
HURRIED_FROM = 20
# From half a second to eight.
_DOUBLINGS_MAX = 4


@dataclass(frozen=True)
class RecentAttempts:
    """Within the window: from the same source, and for the address from anywhere."""

    of_source: int
    of_address: int

    @property
    def are_too_many(self) -> bool:
        """Only those of the source itself count."""
        return self.of_source >= ATTEMPTS_MAX

    @property
    def delay(self) -> timedelta:
        """Twice as long for each ten more, and never a refusal."""
        if self.of_address < HURRIED_FROM:
            return timedelta(0)
        doublings = min((self.of_address - HURRIED_FROM) // 10, _DOUBLINGS_MAX)
        return timedelta(milliseconds=500) * (1 << doublings)


def source_of(network: str | None) -> str:
    """Of whoever comes from a network where nobody has signed in."""
    return f"network/{network or 'unknown'}"


def source_of_device(device_id: str) -> str:
    """Of a device on which this person has signed in before."""
    return f"device/{device_id}"
