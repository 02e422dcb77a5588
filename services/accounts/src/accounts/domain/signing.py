"""When a key pair is published, signs, and is forgotten, so that no token is refused while keys change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.scopes import GRANT_SECONDS

ROTATED_EVERY = timedelta(days=90)
# Before it signs, every copy of this service has read it anew, and every reader may have fetched it.
PUBLISHED_BEFORE = timedelta(minutes=3)
RELOADED_EVERY = timedelta(minutes=1)
# Tokens of the key before it have run out, with room for clocks that differ.
KEPT_AFTER = timedelta(seconds=GRANT_SECONDS) + timedelta(minutes=5)


@dataclass(frozen=True)
class KeyLife:
    """A key pair and when it was made; real time."""

    kid: str
    made_at: datetime

    @property
    def signs_from(self) -> datetime:
        """The very first one signs at once, for there is no other."""
        return self.made_at + PUBLISHED_BEFORE


def is_due(lives: Sequence[KeyLife], at: datetime) -> bool:
    """Whether another pair is to be made."""
    return not lives or at >= lives[-1].made_at + ROTATED_EVERY


def signing(lives: Sequence[KeyLife], at: datetime) -> KeyLife:
    """Which of them signs: the newest that has been published for long enough. They come oldest first."""
    return next((one for one in reversed(lives) if at >= one.signs_from), lives[0])


def forgotten(lives: Sequence[KeyLife], at: datetime) -> list[KeyLife]:
    """Those whose last token has run out: everything before a pair that has signed for long enough."""
    ruling = [n for n, one in enumerate(lives) if at >= one.signs_from + KEPT_AFTER]
    return list(lives[: ruling[-1]]) if ruling else []
