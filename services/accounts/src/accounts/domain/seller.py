"""A seller's case: from the application over the operator's decision to the signed mandate."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from accounts.domain.errors import SellerMoveRefused
from accounts.domain.events import SellerActivated, SellerApproved, SellerRejected, SellerSubmitted, SellerSuspended
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


# The operator may decide at once, without opening a review first.
MOVES = StateTable(
    {
        ("submit", SellerState.DRAFT): SellerState.SUBMITTED,
        ("approve", SellerState.SUBMITTED): SellerState.APPROVED,
        ("approve", SellerState.IN_REVIEW): SellerState.APPROVED,
        ("reject", SellerState.SUBMITTED): SellerState.REJECTED,
        ("reject", SellerState.IN_REVIEW): SellerState.REJECTED,
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
    OTHER = "other"


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
class Seller:
    """`id` is the company's id. `reason` and `next_step` explain the last refusal or suspension."""

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
