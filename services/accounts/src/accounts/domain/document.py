"""A seller's document: a file with a purpose, looked at by the operator, good until a day or for ever."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from accounts.domain.errors import DocumentExpiryPast, DocumentMoveRefused
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class DocumentKind(StrEnum):
    """What it proves. Which kinds a seller needs is the markets' to say (`sellers.required_documents`)."""

    REGISTER_EXTRACT = "register_extract"
    REPRESENTATIVE_IDENTITY = "representative_identity"
    BANK_ACCOUNT_PROOF = "bank_account_proof"
    ADDRESS_PROOF = "address_proof"
    LIABILITY_INSURANCE = "liability_insurance"
    WASTE_REGISTRATION = "waste_registration"
    OTHER = "other"


class DocumentState(StrEnum):
    """`replaced`: a newer one of its kind has taken its place."""

    UPLOADED = "uploaded"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    REPLACED = "replaced"


# An accepted document can turn out to be wrong later.
MOVES = StateTable(
    {
        ("accept", DocumentState.UPLOADED): DocumentState.ACCEPTED,
        ("refuse", DocumentState.UPLOADED): DocumentState.REFUSED,
        ("refuse", DocumentState.ACCEPTED): DocumentState.REFUSED,
        ("expire", DocumentState.ACCEPTED): DocumentState.EXPIRED,
        ("replace", DocumentState.UPLOADED): DocumentState.REPLACED,
        ("replace", DocumentState.ACCEPTED): DocumentState.REPLACED,
        ("replace", DocumentState.REFUSED): DocumentState.REPLACED,
        ("replace", DocumentState.EXPIRED): DocumentState.REPLACED,
    },
    DocumentMoveRefused,
)


class DocumentRefusal(StrEnum):
    """Why a document does not do; a code, because it is mailed."""

    UNREADABLE = "unreadable"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    WRONG_DOCUMENT = "wrong_document"
    DOES_NOT_MATCH = "does_not_match"


@dataclass(frozen=True)
class Document:
    """`sha256` names the stored content. It has no public story: nothing of it is on a topic. Times are business time.

    `valid_until` is the last day on which it holds; `reason` and `next_step` explain a refusal.
    """

    id: Id
    version: int
    seller_id: Id
    kind: DocumentKind
    state: DocumentState
    file_name: str
    media_type: str
    sha256: str
    size: int
    uploaded_at: datetime
    valid_until: date | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    next_step: str | None = None

    def accept(self, valid_until: date | None, at: datetime) -> "Document":
        """It proves what it should; the operator may correct until when."""
        last = valid_until or self.valid_until
        if last is not None and last < at.date():
            raise DocumentExpiryPast(valid_until=last.isoformat())
        return replace(self._next("accept"), valid_until=last, decided_at=at)

    def refuse(self, reason: DocumentRefusal, next_step: str, at: datetime) -> "Document":
        """It does not; the seller hears why and what to do."""
        return replace(self._next("refuse"), reason=reason, next_step=next_step, decided_at=at)

    def expire(self) -> "Document":
        """Its last day is over."""
        return self._next("expire")

    def replaced(self) -> "Document":
        """A newer one has taken its place."""
        return self._next("replace")

    def _next(self, move: str) -> "Document":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))
