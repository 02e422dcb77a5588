"""A seller's case: from the application over the operator's decision to the signed mandate."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from accounts.domain.errors import SellerMoveRefused
from accounts.domain.events import (
    SellerActivated,
    SellerApproved,
    SellerInfoGiven,
    SellerInfoRequested,
    SellerOffboarded,
    SellerRejected,
    SellerReminded,
    SellerReviewStarted,
    SellerSubmitted,
    SellerSuspended,
)
from accounts.domain.values import Address
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class SellerState(StrEnum):
    """The onboarding of refurbishers."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFO_REQUESTED = "info_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OFFBOARDED = "offboarded"


# The operator may decide at once, without opening a review first. While the seller owes an answer nobody is admitted.
MOVES = StateTable(
    {
        ("submit", SellerState.DRAFT): SellerState.SUBMITTED,
        ("start_review", SellerState.SUBMITTED): SellerState.IN_REVIEW,
        ("request_info", SellerState.SUBMITTED): SellerState.INFO_REQUESTED,
        ("request_info", SellerState.IN_REVIEW): SellerState.INFO_REQUESTED,
        ("remind", SellerState.INFO_REQUESTED): SellerState.INFO_REQUESTED,
        ("give_info", SellerState.INFO_REQUESTED): SellerState.IN_REVIEW,
        ("approve", SellerState.SUBMITTED): SellerState.APPROVED,
        ("approve", SellerState.IN_REVIEW): SellerState.APPROVED,
        ("reject", SellerState.SUBMITTED): SellerState.REJECTED,
        ("reject", SellerState.IN_REVIEW): SellerState.REJECTED,
        ("reject", SellerState.INFO_REQUESTED): SellerState.REJECTED,
        ("offboard", SellerState.APPROVED): SellerState.OFFBOARDED,
        ("offboard", SellerState.ACTIVE): SellerState.OFFBOARDED,
        ("offboard", SellerState.SUSPENDED): SellerState.OFFBOARDED,
        ("sign_mandate", SellerState.APPROVED): SellerState.ACTIVE,
        ("suspend", SellerState.ACTIVE): SellerState.SUSPENDED,
        ("reinstate", SellerState.SUSPENDED): SellerState.ACTIVE,
    },
    SellerMoveRefused,
)

# Who takes the one place of a single-seller market.
ADMITTED = frozenset({SellerState.APPROVED, SellerState.ACTIVE, SellerState.SUSPENDED})


class Regime(StrEnum):
    """How its goods are taxed: normal VAT, or the margin scheme for second-hand goods."""

    NORMAL = "normal"
    MARGIN = "margin"


class RejectionReason(StrEnum):
    """A code, because it stands on a topic; what the seller should do is told in the case."""

    DOCUMENTS_MISSING = "documents_missing"
    NUMBERS_WRONG = "numbers_wrong"
    QUALITY = "quality"
    NOT_A_REFURBISHER = "not_a_refurbisher"
    LAPSED = "lapsed"
    OTHER = "other"


class InfoReason(StrEnum):
    """What is missing in an application; what exactly is told in the case."""

    DOCUMENTS_MISSING = "documents_missing"
    NUMBERS_WRONG = "numbers_wrong"
    QUALITY = "quality"
    SOMETHING_ELSE = "something_else"


class OffboardingReason(StrEnum):
    """Why a seller is gone for good."""

    OWN_WISH = "own_wish"
    SERVICE_LEVEL = "service_level"
    COMPLIANCE = "compliance"


class SuspensionReason(StrEnum):
    """Why a seller may not sell for now."""

    SERVICE_LEVEL = "service_level"
    VAT_NUMBER_INVALID = "vat_number_invalid"
    MANDATE_REVOKED = "mandate_revoked"
    COMPLIANCE = "compliance"


@dataclass(frozen=True)
class Mandate:
    """The written prior invoicing mandate (CGI ann. II, art. 242 nonies): which text, by whom, when (real time)."""

    version: str
    signatory: str
    signed_at: datetime


@dataclass(frozen=True)
class Info:
    """A seller's answer to the operator's question, with what it corrects; None stays."""

    answer: str
    payout_iban: str | None = None
    payout_holder: str | None = None
    return_address: Address | None = None
    support_phone: str | None = None


@dataclass(frozen=True)
class Seller:
    """`id` is the company's id. `reason` and `next_step` explain what was asked for, refused or suspended last.

    `answer` is what the seller said to the last question.
    """

    id: Id
    version: int
    state: SellerState
    markets: tuple[str, ...]
    regimes: tuple[Regime, ...]
    payout_iban: str
    payout_holder: str
    return_address: Address
    support_phone: str
    invoice_prefix: str
    reason: str | None = None
    next_step: str | None = None
    mandate: Mandate | None = None
    answer: str | None = None

    def submit(self) -> tuple["Seller", SellerSubmitted]:
        """Hand the application in: the first version."""
        after = self._next("submit")
        return after, SellerSubmitted(aggregate_id=self.id, seq=after.version, markets=self.markets)

    def approve(self) -> tuple["Seller", SellerApproved]:
        """Admit it; it sells once the mandate is signed."""
        after = self._next("approve")
        return after, SellerApproved(aggregate_id=self.id, seq=after.version)

    def reject(self, reason: RejectionReason, next_step: str) -> tuple["Seller", SellerRejected]:
        """Refuse it, with what it could do next."""
        after = replace(self._next("reject"), reason=reason, next_step=next_step)
        return after, SellerRejected(aggregate_id=self.id, seq=after.version, reason=reason)

    def start_review(self) -> tuple["Seller", SellerReviewStarted]:
        """Somebody looks at it."""
        after = self._next("start_review")
        return after, SellerReviewStarted(aggregate_id=self.id, seq=after.version)

    def request_info(self, reason: InfoReason, next_step: str) -> tuple["Seller", SellerInfoRequested]:
        """The seller owes an answer."""
        after = replace(self._next("request_info"), reason=reason, next_step=next_step, answer=None)
        return after, SellerInfoRequested(aggregate_id=self.id, seq=after.version, reason=reason)

    def remind(self) -> tuple["Seller", SellerReminded]:
        """It still does."""
        after = self._next("remind")
        assert self.reason is not None, "a question has a reason"
        return after, SellerReminded(aggregate_id=self.id, seq=after.version, reason=self.reason)

    def give_info(self, info: "Info") -> tuple["Seller", SellerInfoGiven]:
        """The seller has answered; what it corrected holds from now on, and the operator looks again."""
        after = replace(
            self._next("give_info"),
            answer=info.answer,
            payout_iban=info.payout_iban or self.payout_iban,
            payout_holder=info.payout_holder or self.payout_holder,
            return_address=info.return_address or self.return_address,
            support_phone=info.support_phone or self.support_phone,
        )
        return after, SellerInfoGiven(aggregate_id=self.id, seq=after.version)

    def offboard(self, reason: OffboardingReason) -> tuple["Seller", SellerOffboarded]:
        """No new orders ever again. Open ones are finished, and paid out when their claim windows have closed."""
        after = replace(self._next("offboard"), reason=reason, next_step=None)
        return after, SellerOffboarded(aggregate_id=self.id, seq=after.version, reason=reason)

    def sign_mandate(self, mandate: Mandate) -> tuple["Seller", SellerActivated]:
        """From now on the platform may issue invoices in its name, and it may sell."""
        after = replace(self._next("sign_mandate"), mandate=mandate)
        return after, after._may_sell()

    def suspend(self, reason: SuspensionReason) -> tuple["Seller", SellerSuspended]:
        """Stop new orders."""
        after = replace(self._next("suspend"), reason=reason)
        return after, SellerSuspended(aggregate_id=self.id, seq=after.version, reason=reason)

    def reinstate(self) -> tuple["Seller", SellerActivated]:
        """Let it sell again."""
        after = replace(self._next("reinstate"), reason=None)
        return after, after._may_sell()

    def _may_sell(self) -> SellerActivated:
        assert self.mandate is not None, "nobody becomes active without a mandate"
        return SellerActivated(
            aggregate_id=self.id, seq=self.version, markets=self.markets, mandate_version=self.mandate.version
        )

    def _next(self, move: str) -> "Seller":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))
