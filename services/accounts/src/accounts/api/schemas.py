"""Request and response shapes of accounts."""

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from accounts.domain.api_key import OVERLAP_MAX
from accounts.domain.seller import InfoReason, OffboardingReason, RejectionReason, SuspensionReason
from chassis.web.text import ONE_LINE, STORABLE

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _email(typed: str) -> str:
    if not _EMAIL.fullmatch(typed):
        raise ValueError("not an e-mail address")
    return typed


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), ONE_LINE]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_email), ONE_LINE]


class Request(BaseModel, extra="forbid"):
    """Nothing that is not asked for."""


class AddressBody(Request):
    """A postal address; `country` is ISO 3166."""

    street: Text
    postal_code: Text
    city: Text
    country: Country


class ContactBody(Request):
    """The first person of the company, who gets the activation mail."""

    email: Email
    name: Text
    phone: Text | None = None


class CompanyRequest(Request):
    """What buyers and sellers say alike; `country` is where the company is registered."""

    legal_name: Text
    country: Country
    registration_number: Text
    address: AddressBody
    contact: ContactBody
    legal_form: Text | None = None
    share_capital: Text | None = None


class BuyerRequest(CompanyRequest):
    """A business that wants to buy in one market; a VAT number is of its own country."""

    market: Text
    vat_number: Text | None = None


class SignedUpBody(BaseModel):
    """The new company; the activation mail is on its way to its first person."""

    company_id: UUID
    user_id: UUID
    state: str


class ActivationRequest(Request):
    """The token of the mail's link, and the password to set (at least 12 characters)."""

    token: Annotated[str, StringConstraints(max_length=200)]
    password: str


class CompanyStateBody(BaseModel):
    """A company after a change."""

    company_id: UUID
    kind: str
    state: str
    version: int


class MailRequest(Request):
    """Who wants a mail with a link."""

    email: Email


class NewPasswordRequest(Request):
    """The token of the mail's link, and the password to set (at least 12 characters)."""

    token: Annotated[str, StringConstraints(max_length=200)]
    password: str


class EmailChangeRequest(Request):
    """The new address, and the present password once more."""

    email: Email
    password: Annotated[str, StringConstraints(max_length=256)]


class EmailChangeBody(BaseModel):
    """A change of address: asked, granted, used, refused or replaced."""

    id: UUID
    state: str
    asked_at: datetime


class OperatorEmailChangeBody(EmailChangeBody):
    """With whom it is about, for support."""

    user_id: UUID
    company_id: UUID
    email: str


class SessionRequest(Request):
    """What a person signs in with; `device_token` is from an earlier sign-in on this device."""

    email: Annotated[str, StringConstraints(max_length=254)]
    password: Annotated[str, StringConstraints(max_length=256)]
    device_token: Annotated[str, StringConstraints(max_length=200)] | None = None


class SubjectBody(BaseModel):
    """Whom a token speaks for: a person or an API key, its company, and what it may do."""

    id: UUID
    company_id: UUID
    kind: str
    market: str | None
    scopes: list[str]


class TokenBody(BaseModel):
    """A short access token; `expires_in` counts seconds of real time."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a name from RFC 6750, no secret
    expires_in: int
    subject: SubjectBody


class SessionTokensBody(TokenBody):
    """With the token that renews it: use it once, at `POST /v1/sessions/refresh`, and keep the new one."""

    session_id: UUID
    refresh_token: str


class SignedInBody(SessionTokensBody):
    """With a token that says this device is known. It opens nothing; keep it for the next sign-in."""

    device_token: str


class RefreshRequest(Request):
    """The newest refresh token of a session."""

    refresh_token: Annotated[str, StringConstraints(max_length=200), ONE_LINE]


class SessionBody(BaseModel):
    """A sign-in that lasts. `network` and `agent` say roughly from where; `current` is the one that asks."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    network: str | None
    agent: str | None
    current: bool


class SessionsBody(BaseModel):
    """All sessions of the person that are open."""

    items: list[SessionBody]


class OAuthTokenBody(BaseModel):
    """RFC 6749, section 5.1."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a name from RFC 6750, no secret
    expires_in: int
    scope: str


class MeBody(BaseModel):
    """Who is asking, for which company. `email` and `name` are null for an API key."""

    subject: SubjectBody
    email: str | None
    name: str | None
    company: "CompanyBody"


class VatNumberBody(BaseModel):
    """A VAT number and what the register says: not_asked, not_covered, valid, invalid or unavailable."""

    country: str
    number: str
    status: str
    checked_at: datetime | None
    consultation_number: str | None


class CompanyBody(BaseModel):
    """A company as it sees itself."""

    company_id: UUID
    version: int
    kind: str
    state: str
    market: str | None
    legal_name: str
    country: str
    registration_number: str
    vat_numbers: list[VatNumberBody]
    address: AddressBody
    language: str


class ApiKeyRequest(Request):
    """A key for one program; `scopes` at most your own. Without `expires_at` it works until it is revoked."""

    name: Text
    scopes: list[Text] = Field(min_length=1)
    expires_at: AwareDatetime | None = None


class RotationRequest(Request):
    """For how many hours the old key goes on working beside the new one: none, up to seven days."""

    overlap_hours: int = Field(ge=0, le=int(OVERLAP_MAX.total_seconds()) // 3600)


class ApiKeyBody(BaseModel):
    """A key without its secret; `id` is also the OAuth client id."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute or so; null where it was never used")
    last_four: str | None = Field(description="The last letters of its secret, to tell keys apart; null of old keys")


class NewApiKeyBody(ApiKeyBody):
    """`api_key` and `client_secret` are shown this once; both are null when the request is repeated."""

    api_key: str | None = None
    client_secret: str | None = None


class MandateBody(BaseModel):
    """The text to sign, and who signed which version when (null before)."""

    version: str
    text: str
    sha256: str = Field(description="Of the text, UTF-8, as hex; send it along to prove what was read")
    signed_version: str | None
    signed_sha256: str | None
    signatory: str | None
    signed_at: datetime | None
    revoked_at: datetime | None
    due_at: datetime | None = Field(description="Until when a new text has to be signed")


class MandateRequest(Request):
    """The signature under the invoicing mandate; `signatory` is the name of who signs."""

    version: Text
    accepted: bool
    signatory: Text
    sha256: Text | None = None


class SellerBody(BaseModel):
    """A seller's case; in a draft anything may be null.

    `payout_iban` is masked; `reason` and `next_step` explain a question, refusal or suspension.
    """

    seller_id: UUID
    version: int
    state: str
    markets: list[str]
    regimes: list[str]
    payout_iban: str | None
    payout_holder: str | None
    return_address: AddressBody | None
    support_phone: str | None
    invoice_prefix: str | None
    reason: str | None
    next_step: str | None
    answer: str | None
    mandate_version: str | None
    company: CompanyBody


class RejectionRequest(Request):
    """Why, as a code, and what the seller could do next."""

    reason: RejectionReason
    next_step: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]


class InfoQuestionRequest(Request):
    """What is missing, as a code, and what the seller has to do."""

    reason: InfoReason
    next_step: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]


class InfoAnswerRequest(Request):
    """The seller's answer, with what it corrects in the application; what is left out stays."""

    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]
    payout_iban: Text | None = None
    payout_holder: Text | None = None
    return_address: AddressBody | None = None
    support_phone: Text | None = None


class OffboardingRequest(Request):
    """Why, as a code."""

    reason: OffboardingReason


class SuspensionRequest(Request):
    """Why, as a code."""

    reason: SuspensionReason
