"""A sign-in is taken back: tokens of a session, a key or a whole company are refused before they run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.events import SignInRevoked
from chassis.kernel.ids import Id, new_id

# Longer than any token lives, with room for clocks that differ and for a watcher that was away.
MATTERS_FOR = timedelta(minutes=15)


class Revoked(StrEnum):
    """What `subject_id` names."""

    SESSION = "session"
    API_KEY = "api_key"
    COMPANY = "company"


@dataclass(frozen=True)
class Revocation:
    """Tokens of this subject that were made up to `at` (real time) are refused everywhere. It never changes."""

    id: Id
    kind: Revoked
    subject_id: Id
    at: datetime

    def announced(self) -> SignInRevoked:
        """The fact, by which every service hears of it."""
        return SignInRevoked(
            aggregate_id=self.id, seq=1, kind=self.kind, subject_id=self.subject_id, revoked_at=self.at
        )


def new_revocation(kind: Revoked, subject_id: Id, at: datetime) -> Revocation:
    """From this moment on."""
    return Revocation(new_id(), kind, subject_id, at)
