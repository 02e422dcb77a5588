"""A seller says that a document issued in its name is wrong; the operator corrects it or says why it is right.

The period is part of the written mandate (CGI ann. II, art. 242 nonies; BOI-TVA-DECLA-30-20-10-30), and a document that was
issued never changes: a correction is a credit note and a new invoice.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.errors import NotFound, WrongState
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable
from payments.domain.events import ContestDismissed, ContestOpened, ContestUpheld


class ContestState(StrEnum):
    """Open until the operator has decided."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ContestReason(StrEnum):
    """What is said to be wrong on the document; a code, because it stands on a topic."""

    BUYER_DATA = "buyer_data"
    SELLER_DATA = "seller_data"
    AMOUNT = "amount"
    VAT = "vat"
    GOODS = "goods"
    OTHER = "other"


class DismissalReason(StrEnum):
    """Why the document stays as it is."""

    DOCUMENT_IS_RIGHT = "document_is_right"
    NOT_EXPLAINED = "not_explained"
    SETTLED_OTHERWISE = "settled_otherwise"


# Who trades is written anew from what the companies' profiles say now. What was sold, for how much and with what VAT
# was agreed and paid by the buyer: nobody rewrites that on one side's word.
CORRECTABLE = frozenset({ContestReason.BUYER_DATA, ContestReason.SELLER_DATA})


class NoSuchContest(NotFound):
    code = "contest_not_found"
    title = "This document was not contested"


class InvoiceNotContestable(WrongState):
    """It is not issued yet, or was closed away with its erased buyer."""

    code = "invoice_not_contestable"
    title = "This document cannot be contested"


class ContestTooLate(WrongState):
    code = "contest_too_late"
    title = "The time in which this document could be contested is over"


class InvoiceContestedAlready(WrongState):
    code = "invoice_contested_already"
    title = "This document was contested before"


class ContestMoveRefused(WrongState):
    code = "contest_move_refused"
    title = "The contest has been decided"


class CorrectionNotCarried(WrongState):
    """`why` is a stable code: reason, credit_note, another_invoice_waits, already_credited, vat_number_missing, sealed."""

    code = "correction_not_carried"
    title = "This correction cannot be made here"


class NothingToCorrect(WrongState):
    code = "nothing_to_correct"
    title = "The companies' data say what the invoice says: change them first, or dismiss the contest"


MOVES: StateTable[ContestState] = StateTable(
    {
        ("uphold", ContestState.OPEN): ContestState.UPHELD,
        ("dismiss", ContestState.OPEN): ContestState.DISMISSED,
    },
    ContestMoveRefused,
)


@dataclass(frozen=True)
class Contest:
    """`says` are the seller's words and `answer` the operator's; neither is on a topic. One contest per document."""

    id: Id
    version: int
    state: ContestState
    invoice_id: Id
    number: str
    order_id: Id
    seller_id: Id
    buyer_id: Id
    reason: ContestReason
    says: str
    contest_until: datetime
    opened_at: datetime
    answer: str | None = None
    dismissal: DismissalReason | None = None
    credit_note_id: Id | None = None
    corrected_id: Id | None = None
    decided_at: datetime | None = None

    def opened(self) -> ContestOpened:
        """The fact that goes with its first version."""
        return ContestOpened(
            aggregate_id=self.id,
            seq=self.version,
            invoice_id=self.invoice_id,
            number=self.number,
            order_id=self.order_id,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            reason=self.reason,
        )

    def uphold(
        self, answer: str, credit_note_id: Id, corrected_id: Id, at: datetime
    ) -> tuple["Contest", ContestUpheld]:
        """The seller is right: these two documents replace the contested one."""
        after = replace(
            self,
            version=self.version + 1,
            state=MOVES.after("uphold", self.state),
            answer=answer,
            credit_note_id=credit_note_id,
            corrected_id=corrected_id,
            decided_at=at,
        )
        return after, ContestUpheld(
            aggregate_id=self.id,
            seq=after.version,
            invoice_id=self.invoice_id,
            seller_id=self.seller_id,
            credit_note_id=credit_note_id,
            corrected_id=corrected_id,
        )

    def dismiss(self, reason: DismissalReason, answer: str, at: datetime) -> tuple["Contest", ContestDismissed]:
        """The document is right, or what was wrong about it is settled."""
        after = replace(
            self,
            version=self.version + 1,
            state=MOVES.after("dismiss", self.state),
            answer=answer,
            dismissal=reason,
            decided_at=at,
        )
        return after, ContestDismissed(
            aggregate_id=self.id,
            seq=after.version,
            invoice_id=self.invoice_id,
            number=self.number,
            order_id=self.order_id,
            seller_id=self.seller_id,
            reason=reason,
        )
