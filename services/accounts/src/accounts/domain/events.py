"""Facts of accounts. None carries anything personal: who needs a name fetches the party."""

from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import OpenItem


@dataclass(frozen=True, kw_only=True)
class CompanyRegistered(DomainEvent):
    """A company signed up; `user_id` is its first person, who gets the activation mail."""

    kind: str
    market: str | None
    user_id: Id


@dataclass(frozen=True, kw_only=True)
class CompanyActivated(DomainEvent):
    """Its first person has set a password."""

    kind: str
    market: str | None


@dataclass(frozen=True, kw_only=True)
class CompanyChanged(DomainEvent):
    """Something about it is new: fields of its profile by name, `vat_evidence`, `purchasing_rules`, or about a person.

    About the person `user_id`: `activation_link` (the mail was asked for again), `password_link` (a mail for a new password is
    asked for), `password` (there is a new one), `email_change` (a link goes to a new address), `email` (there is a new one),
    `email_wanted` (somebody else has asked for this person's address), `factor_added`, `factor_removed` (of the second
    factors), `recovery_code` (one was used) or `people` (joined, left, or has another role). With `invitation` it is
    `invitation_id` that shall be mailed. `change_granted` and `change_refused` tell how the operator decided about a change
    request.
    """

    what: tuple[str, ...]
    user_id: Id | None = None
    invitation_id: Id | None = None


@dataclass(frozen=True, kw_only=True)
class CompanyClosed(DomainEvent):
    """Nobody signs in for it any more."""


@dataclass(frozen=True, kw_only=True)
class CompanyClosing(DomainEvent):
    """Nobody acts for it any more; it is closed in a moment unless something turns up that is open. The reason is a code.

    With `erase` it is forgotten afterwards.
    """

    reason: str
    erase: bool


@dataclass(frozen=True, kw_only=True)
class CompanyReopened(DomainEvent):
    """It goes on: `open` was begun at the last moment, or is not finished."""

    open: tuple[OpenItem, ...]


@dataclass(frozen=True, kw_only=True)
class CompanyErased(DomainEvent):
    """Nobody can tell any more who it was."""


@dataclass(frozen=True, kw_only=True)
class SignInRevoked(DomainEvent):
    """Tokens of a session, an API key or a company (`kind`) that were made up to `revoked_at` are refused everywhere."""

    kind: str
    subject_id: Id
    revoked_at: datetime


@dataclass(frozen=True, kw_only=True)
class SellerSubmitted(DomainEvent):
    """A refurbisher applied to sell in these markets."""

    markets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SellerApproved(DomainEvent):
    """The operator admitted it; the mandate is still to be signed."""


@dataclass(frozen=True, kw_only=True)
class SellerRejected(DomainEvent):
    """The operator refused it; the reason is a code, never free text."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerActivated(DomainEvent):
    """It may sell: the mandate was signed, or a suspension was lifted. `ship_from` are the countries its goods may leave from."""

    markets: tuple[str, ...]
    ship_from: tuple[str, ...]
    mandate_version: str


@dataclass(frozen=True, kw_only=True)
class SellerSuspended(DomainEvent):
    """It may not sell for now; open orders are finished. Without its mandate no invoice is issued in its name either."""

    reason: str
    has_mandate: bool


@dataclass(frozen=True, kw_only=True)
class SellerReviewStarted(DomainEvent):
    """The operator looks at the application."""


@dataclass(frozen=True, kw_only=True)
class SellerInfoRequested(DomainEvent):
    """The seller has to add something to its application; the reason is a code."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerReminded(DomainEvent):
    """The seller has not answered yet."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerInfoGiven(DomainEvent):
    """The seller has answered; the operator looks again."""


@dataclass(frozen=True, kw_only=True)
class SellerOffboarded(DomainEvent):
    """It never sells again; open orders are finished and paid out."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerDrafted(DomainEvent):
    """A refurbisher began an application that is not complete yet."""


@dataclass(frozen=True, kw_only=True)
class SellerChanged(DomainEvent):
    """Fields of the case are new, by name; `change_granted` among them says that the operator granted a request for it.

    `ship_from` are the countries its goods may leave from now on.
    """

    what: tuple[str, ...]
    ship_from: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SellerRequirementRaised(DomainEvent):
    """Something is asked of the seller: a `document` (`subject` is its kind), `tax_data` or the `mandate`; `why` is a code."""

    requirement: str
    subject: str | None
    why: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class SellerPayoutsHeld(DomainEvent):
    """What it earns is not paid out for now; the reason is a code."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerPayoutsResumed(DomainEvent):
    """It is paid out again."""


@dataclass(frozen=True, kw_only=True)
class SellerMandateRenewed(DomainEvent):
    """It signed the mandate anew; whether it may sell is as before."""

    mandate_version: str


@dataclass(frozen=True, kw_only=True)
class ErasureRequested(DomainEvent):
    """Every holder erases what it keeps of this person, or of the company with all its people where `user_id` is None."""

    company_id: Id
    user_id: Id | None


@dataclass(frozen=True, kw_only=True)
class ErasureConfirmed(DomainEvent):
    """A holder has obeyed; `waits_for` have not yet."""

    holder: str
    waits_for: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ErasureCompleted(DomainEvent):
    """The last holder has obeyed too."""

    holder: str
