"""A seller's case: from the application over the operator's decision to the signed mandate."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from accounts.domain.errors import MandateNotSigned, SellerMoveRefused
from accounts.domain.events import (
    SellerActivated,
    SellerApproved,
    SellerChanged,
    SellerDrafted,
    SellerInfoGiven,
    SellerInfoRequested,
    SellerMandateRenewed,
    SellerOffboarded,
    SellerPayoutsHeld,
    SellerPayoutsResumed,
    SellerRejected,
    SellerReminded,
    SellerRequirementRaised,
    SellerReviewStarted,
    SellerSubmitted,
    SellerSuspended,
)
from accounts.domain.owners import Owners
from accounts.domain.tax_data import TaxData, TaxRequest
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


# Whose case is under way: it can be changed, and something can be asked of it.
_OPEN = (
    SellerState.DRAFT,
    SellerState.SUBMITTED,
    SellerState.IN_REVIEW,
    SellerState.INFO_REQUESTED,
    SellerState.APPROVED,
    SellerState.ACTIVE,
    SellerState.SUSPENDED,
)
# Who has earned something, or may have.
_PAID = (SellerState.ACTIVE, SellerState.SUSPENDED, SellerState.OFFBOARDED)
# In these the whole application is the seller's to write; afterwards only what concerns nobody else's trust.
EDITABLE = frozenset({SellerState.DRAFT, SellerState.INFO_REQUESTED})

# The operator may decide at once, without opening a review first. While the seller owes an answer nobody is admitted.
MOVES = StateTable(
    {
        **{("change", state): state for state in (*_OPEN, SellerState.OFFBOARDED)},
        **{("raise_requirement", state): state for state in (*_OPEN, SellerState.OFFBOARDED)},
        **{("hold_payouts", state): state for state in _PAID},
        **{("resume_payouts", state): state for state in _PAID},
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
        # Where it was the mandate that was missing; who is suspended for something else renews it and stays suspended.
        ("sign_mandate", SellerState.SUSPENDED): SellerState.ACTIVE,
        ("renew_mandate", SellerState.ACTIVE): SellerState.ACTIVE,
        ("renew_mandate", SellerState.SUSPENDED): SellerState.SUSPENDED,
        ("revoke_mandate", SellerState.ACTIVE): SellerState.SUSPENDED,
        ("revoke_mandate", SellerState.SUSPENDED): SellerState.SUSPENDED,
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
    MANDATE_OUTDATED = "mandate_outdated"
    COMPLIANCE = "compliance"


# A signature ends these by itself.
FOR_WANT_OF_A_MANDATE = frozenset({SuspensionReason.MANDATE_REVOKED, SuspensionReason.MANDATE_OUTDATED})


@dataclass(frozen=True)
class Mandate:
    """The written prior invoicing mandate (CGI ann. II, art. 242 nonies): which text, by whom, when (real time).

    `sha256` is of the words that were signed, in the language in which they were read; null in mandates from before it was kept.
    """

    version: str
    signatory: str
    signed_at: datetime
    sha256: str | None = None
    signed_by: Id | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Info:
    """A seller's answer to the operator's question, with what it corrects; None stays."""

    answer: str
    payout_iban: str | None = None
    payout_holder: str | None = None
    return_address: Address | None = None
    support_phone: str | None = None


@dataclass(frozen=True)
class CaseChange:
    """What of a case shall be different; None stays as it is. `return_addresses` are those of further countries."""

    markets: tuple[str, ...] | None = None
    regimes: tuple[Regime, ...] | None = None
    ship_from: tuple[str, ...] | None = None
    payout_iban: str | None = None
    payout_holder: str | None = None
    return_address: Address | None = None
    return_addresses: tuple[Address, ...] | None = None
    support_phone: str | None = None
    owners: Owners | None = None
    tax: TaxData | None = None

    def named(self) -> dict[str, Any]:
        """The fields that are to be different, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}


# What an admitted seller may not change itself: who is paid, and what it was admitted for. Support does it on request.
REVIEWED_FIELDS = frozenset({"markets", "regimes", "payout_iban", "payout_holder"})


@dataclass(frozen=True)
class Seller:
    """`id` is the company's id. `reason` and `next_step` explain what was asked for, refused or suspended last.

    `answer` is what the seller said to the last question. In a draft anything may be missing yet; `return_address` is the
    main one, `return_addresses` are of further countries it ships from. `payouts_held`: tax data is overdue (DAC7).
    """

    id: Id
    version: int
    state: SellerState
    markets: tuple[str, ...]
    regimes: tuple[Regime, ...]
    payout_iban: str | None = None
    payout_holder: str | None = None
    return_address: Address | None = None
    support_phone: str | None = None
    invoice_prefix: str | None = None
    reason: str | None = None
    next_step: str | None = None
    mandate: Mandate | None = None
    answer: str | None = None
    ship_from: tuple[str, ...] = ()
    return_addresses: tuple[Address, ...] = ()
    owners: Owners | None = None
    tax: TaxData | None = None
    tax_request: TaxRequest | None = None
    payouts_held: bool = False
    mandate_due_at: datetime | None = None

    @property
    def all_return_addresses(self) -> tuple[Address, ...]:
        """The main one first."""
        return (*((self.return_address,) if self.return_address else ()), *self.return_addresses)

    @property
    def has_mandate(self) -> bool:
        """Signed, and not taken back."""
        return self.mandate is not None and self.mandate.revoked_at is None

    def begin(self) -> tuple["Seller", SellerDrafted]:
        """Keep an application that is not complete yet: the first version."""
        after = replace(self, version=self.version + 1)
        return after, SellerDrafted(aggregate_id=self.id, seq=after.version)

    def change(self, change: CaseChange, also: tuple[str, ...] = ()) -> tuple["Seller", SellerChanged] | None:
        """Edit it; None where all of it is so already. Given tax data answers a request for them; `also` is told with it."""
        differing = {name: value for name, value in change.named().items() if getattr(self, name) != value}
        MOVES.after("change", self.state)
        answered = change.tax is not None and self.tax_request is not None
        if not differing and not answered:
            return None
        if change.tax is not None:
            differing = {**differing, "tax": change.tax, "tax_request": None}
        after = replace(self._next("change"), **differing)
        what = tuple(sorted({_PUBLIC_NAMES.get(name, name) for name in differing})) + also
        return after, SellerChanged(aggregate_id=self.id, seq=after.version, what=what, ship_from=after.ship_from)

    def raise_requirement(
        self, requirement: str, why: str, due_on: date | None = None, subject: str | None = None
    ) -> tuple["Seller", SellerRequirementRaised]:
        """Something is asked of the seller; it gets a mail. All of it are codes."""
        after = self._next("raise_requirement")
        return after, SellerRequirementRaised(
            aggregate_id=self.id,
            seq=after.version,
            requirement=requirement,
            subject=subject,
            why=why,
            due_on=due_on,
        )

    def ask_tax_data(self, request: TaxRequest, why: str) -> tuple["Seller", SellerRequirementRaised]:
        """Ask for tax data, or remind of it: `why` is `asked` or `reminder`."""
        return replace(self, tax_request=request).raise_requirement("tax_data", why, request.due_at.date())

    def hold_payouts(self) -> tuple["Seller", SellerPayoutsHeld]:
        """The data did not come in time: its money waits until it does."""
        after = replace(self._next("hold_payouts"), payouts_held=True)
        return after, SellerPayoutsHeld(aggregate_id=self.id, seq=after.version, reason="tax_data")

    def resume_payouts(self) -> tuple["Seller", SellerPayoutsResumed]:
        """It is paid out again."""
        after = replace(self._next("resume_payouts"), payouts_held=False)
        return after, SellerPayoutsResumed(aggregate_id=self.id, seq=after.version)

    def ask_for_mandate(self, due_at: datetime) -> tuple["Seller", SellerRequirementRaised]:
        """The text of the mandate has changed: a new signature is needed by then."""
        return replace(self, mandate_due_at=due_at).raise_requirement("mandate", "new_text", due_at.date())

    def revoke_mandate(self, at: datetime) -> tuple["Seller", SellerSuspended]:
        """Take the signature back: no new orders. Whoever is suspended for something else stays so for that."""
        after = self._next("revoke_mandate")
        if self.mandate is None or not self.has_mandate:
            raise MandateNotSigned()
        after = replace(after, mandate=replace(self.mandate, revoked_at=at))
        if self.state is SellerState.ACTIVE:
            after = replace(after, reason=SuspensionReason.MANDATE_REVOKED, next_step=None)
        reason = after.reason or SuspensionReason.MANDATE_REVOKED
        return after, SellerSuspended(
            aggregate_id=self.id, seq=after.version, reason=reason, has_mandate=after.has_mandate
        )

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

    def sign(self, mandate: Mandate) -> tuple["Seller", SellerActivated | SellerMandateRenewed]:
        """Put a signature under the mandate. Who was only short of one may sell; anybody else stays what it is."""
        is_suspended_for_more = self.state is SellerState.SUSPENDED and self.reason not in FOR_WANT_OF_A_MANDATE
        if self.state is SellerState.ACTIVE or is_suspended_for_more:
            return self.renew_mandate(mandate)
        return self.sign_mandate(mandate)

    def sign_mandate(self, mandate: Mandate) -> tuple["Seller", SellerActivated]:
        """From now on the platform may issue invoices in its name, and it may sell."""
        after = replace(self._next("sign_mandate"), mandate=mandate, mandate_due_at=None, reason=None, next_step=None)
        return after, after._may_sell()

    def renew_mandate(self, mandate: Mandate) -> tuple["Seller", SellerMandateRenewed]:
        """A newer text, or the same anew; whether it may sell is as before."""
        after = replace(self._next("renew_mandate"), mandate=mandate, mandate_due_at=None)
        return after, SellerMandateRenewed(aggregate_id=self.id, seq=after.version, mandate_version=mandate.version)

    def suspend(self, reason: SuspensionReason) -> tuple["Seller", SellerSuspended]:
        """Stop new orders."""
        after = replace(self._next("suspend"), reason=reason)
        return after, SellerSuspended(
            aggregate_id=self.id, seq=after.version, reason=reason, has_mandate=after.has_mandate
        )

    def reinstate(self) -> tuple["Seller", SellerActivated]:
        """Let it sell again, if its mandate holds."""
        after = replace(self._next("reinstate"), reason=None)
        if not after.has_mandate:
            raise MandateNotSigned()
        return after, after._may_sell()

    def _may_sell(self) -> SellerActivated:
        assert self.mandate is not None, "nobody becomes active without a mandate"
        return SellerActivated(
            aggregate_id=self.id,
            seq=self.version,
            markets=self.markets,
            ship_from=self.ship_from,
            mandate_version=self.mandate.version,
        )

    def _next(self, move: str) -> "Seller":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))


# What a change is called on the topic: which field of the account differs is nobody's business.
_PUBLIC_NAMES = {"payout_iban": "payout", "payout_holder": "payout", "tax_request": "tax"}
