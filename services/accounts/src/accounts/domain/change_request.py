"""A company's request that the operator change what the company may not change itself."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from accounts.domain.errors import ChangeRequestMoveRefused
from accounts.domain.profile import ProfileChange
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class RequestState(StrEnum):
    """Open until the operator decides or the company takes it back."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


MOVES = StateTable(
    {
        ("approve", RequestState.OPEN): RequestState.APPROVED,
        ("reject", RequestState.OPEN): RequestState.REJECTED,
        ("withdraw", RequestState.OPEN): RequestState.WITHDRAWN,
    },
    ChangeRequestMoveRefused,
)


class RequestRejection(StrEnum):
    """Why a request was not granted."""

    PROOF_MISSING = "proof_missing"
    NOT_CONFIRMED = "not_confirmed"
    NOT_POSSIBLE = "not_possible"
    OTHER = "other"


@dataclass(frozen=True)
class PayoutAccount:
    """Where a seller wants to be paid: another account is another person's chance, so somebody looks at it first."""

    iban: str
    holder: str


@dataclass(frozen=True)
class ChangeRequest:
    """`asked_by` is a person or API key of the company. It has no public story: what it changes is told by the company.

    `payout` is another bank account to be paid to, of sellers only. `reason` and `next_step` explain a rejection. Times are
    business time.
    """

    id: Id
    version: int
    company_id: Id
    state: RequestState
    change: ProfileChange
    note: str
    asked_by: Id
    asked_at: datetime
    payout: PayoutAccount | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    next_step: str | None = None

    def approve(self, at: datetime) -> "ChangeRequest":
        """The change is made."""
        return self._decided("approve", at)

    def reject(self, reason: RequestRejection, next_step: str, at: datetime) -> "ChangeRequest":
        """The change is not made; the company hears why and what it can do."""
        return replace(self._decided("reject", at), reason=reason, next_step=next_step)

    def withdraw(self, at: datetime) -> "ChangeRequest":
        """The company no longer wants it."""
        return self._decided("withdraw", at)

    def _decided(self, move: str, at: datetime) -> "ChangeRequest":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state), decided_at=at)
