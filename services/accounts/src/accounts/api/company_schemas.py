"""Request and response shapes of a company's profile and its change requests."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from accounts.api.schemas import AddressBody, CompanyBody, Country, Email, Request, Text
from accounts.domain.change_request import RequestRejection
from accounts.domain.profile import ProfileChange
from accounts.domain.values import Address
from chassis.web.text import STORABLE

Language = Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]


class ContactOut(BaseModel):
    """Who mails are written to."""

    name: str
    email: str
    phone: str | None


class CompanyProfileBody(CompanyBody):
    """A company's profile. `support_only` names what only support may change, in the words of the market's rules."""

    legal_form: str | None
    share_capital: str | None
    contact: ContactOut
    support_only: list[str]


class ContactChange(Request):
    """What of the contact shall be different."""

    name: Text | None = None
    email: Email | None = None
    phone: Text | None = None


class ProfileChangeRequest(Request):
    """What shall be different; what is left out stays. `vat_numbers` are all of them, by ISO country."""

    legal_name: Text | None = None
    legal_form: Text | None = None
    share_capital: Text | None = None
    country: Country | None = None
    address: AddressBody | None = None
    contact: ContactChange | None = None
    vat_numbers: Annotated[dict[Country, Text], Field(max_length=40)] | None = None
    language: Language | None = None

    def change(self) -> ProfileChange:
        """As the domain knows it."""
        contact = self.contact or ContactChange()
        where = self.address
        return ProfileChange(
            legal_name=self.legal_name,
            legal_form=self.legal_form,
            share_capital=self.share_capital,
            country=self.country,
            address=Address(where.street, where.postal_code, where.city, where.country) if where else None,
            contact_name=contact.name,
            contact_email=contact.email,
            contact_phone=contact.phone,
            vat_numbers=self.vat_numbers,
            language=self.language,
        )


class PayoutBody(Request):
    """Another bank account to be paid to, with its holder."""

    iban: Text
    holder: Text


class ChangeRequestRequest(Request):
    """What support is asked to change, and why; `note` may say how it can be proven. `payout` is of sellers only."""

    change: ProfileChangeRequest = Field(default_factory=ProfileChangeRequest)
    payout: PayoutBody | None = None
    note: Words


class ChangeRequestBody(BaseModel):
    """A change request: open, approved, rejected or withdrawn. `reason` and `next_step` explain a rejection."""

    id: UUID
    version: int
    company_id: UUID
    state: str
    change: ProfileChangeRequest
    payout: PayoutBody | None = Field(description="Another bank account; masked for everybody but the operator")
    note: str
    asked_at: datetime
    decided_at: datetime | None
    reason: str | None
    next_step: str | None


class ChangeRejectionRequest(Request):
    """Why not, as a code, and what the company can do."""

    reason: RequestRejection
    next_step: Words
