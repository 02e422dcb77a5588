"""Request and response shapes of a seller's case: its parts, its documents, what is missing, and what tax law asks."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from accounts.api.schemas import AddressBody, CompanyRequest, Country, Request, SellerBody, Text
from accounts.domain.document import DocumentRefusal
from accounts.domain.owners import WHOLE_BASIS_POINTS, Control, Owner, Owners, Person
from accounts.domain.requirements import NeededFor, RequirementState
from accounts.domain.seller import CaseChange, Regime
from accounts.domain.tax_data import SellerNature, TaxData
from accounts.domain.values import Address
from chassis.web.text import STORABLE

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]


class PersonBody(Request):
    """A natural person; `country` is where the person lives."""

    name: Text
    birth_date: date
    country: Country


class OwnerBody(Request):
    """A beneficial owner. The share is in basis points: 2500 is 25 %; 0 where control rests on other means alone."""

    person: PersonBody
    share_basis_points: Annotated[int, Field(ge=0, le=WHOLE_BASIS_POINTS)]
    control: Control


class OwnersBody(Request):
    """Everybody with 25 % or more; where nobody has, an empty list and the legal representative."""

    owners: Annotated[list[OwnerBody], Field(default_factory=list, max_length=20)]
    representative: PersonBody | None = None


class TaxDataBody(Request):
    """What tax law (DAC7) asks of sellers. Birthday and place are of natural persons only."""

    nature: SellerNature
    tax_number: Text
    tax_country: Country
    establishments: Annotated[list[Country], Field(default_factory=list, max_length=40)]
    birth_date: date | None = None
    birth_place: Text | None = None


class CaseRequest(Request):
    """What of the case shall be different; what is left out stays. `return_addresses` are of further countries."""

    markets: list[Text] | None = None
    regimes: Annotated[list[Regime], Field(min_length=1)] | None = None
    ship_from: Annotated[list[Country], Field(min_length=1, max_length=40)] | None = None
    payout_iban: Text | None = None
    payout_holder: Text | None = None
    return_address: AddressBody | None = None
    return_addresses: Annotated[list[AddressBody], Field(max_length=40)] | None = None
    support_phone: Text | None = None
    beneficial_owners: OwnersBody | None = None
    tax_data: TaxDataBody | None = None

    def change(self) -> CaseChange:
        """As the domain knows it."""
        return CaseChange(
            markets=tuple(dict.fromkeys(self.markets)) if self.markets is not None else None,
            regimes=tuple(dict.fromkeys(self.regimes)) if self.regimes is not None else None,
            ship_from=tuple(self.ship_from) if self.ship_from is not None else None,
            payout_iban=self.payout_iban,
            payout_holder=self.payout_holder,
            return_address=_address(self.return_address) if self.return_address else None,
            return_addresses=(
                tuple(_address(one) for one in self.return_addresses) if self.return_addresses is not None else None
            ),
            support_phone=self.support_phone,
            owners=_owners(self.beneficial_owners) if self.beneficial_owners else None,
            tax=_tax(self.tax_data) if self.tax_data else None,
        )


class SellerRequest(CompanyRequest, CaseRequest):
    """A refurbisher's application. Everything but the company and the markets may follow later.

    `vat_numbers` has one for each country it ships from, by ISO country.
    """

    vat_numbers: dict[Country, Text] = Field(default_factory=dict)
    markets: Annotated[list[Text], Field(min_length=1)]


class RequirementBody(BaseModel):
    """One thing the case needs: how it stands, the step that is refused without it, and what to do (empty: nothing)."""

    name: str
    subject: str | None
    state: RequirementState
    needed_for: NeededFor
    next_step: str
    due_on: date | None


class EffectsBody(BaseModel):
    """What the state means: offers none, live, paused or ended; open orders; payouts none, go_on or held."""

    offers: Literal["none", "live", "paused", "ended"]
    open_orders: Literal["none", "to_be_finished"]
    payouts: Literal["none", "go_on", "held"]


class DocumentBody(BaseModel):
    """A document: uploaded, accepted, refused, expired or replaced. `valid_until` is its last day."""

    id: UUID
    version: int
    kind: str
    state: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    valid_until: date | None
    decided_at: datetime | None
    reason: str | None
    next_step: str | None


class DocumentsBody(BaseModel):
    """All documents of a case, oldest first."""

    items: list[DocumentBody]


class SellerFileBody(SellerBody):
    """A whole case. `tax_number` is masked for everybody but the operator."""

    ship_from: list[str]
    return_addresses: list[AddressBody]
    beneficial_owners: OwnersBody | None
    tax_data: TaxDataBody | None
    requirements: list[RequirementBody]
    effects: EffectsBody


class SellerMoveBody(BaseModel):
    """A seller's case after a move, with what that means for its business."""

    seller_id: UUID
    state: str
    version: int
    effects: EffectsBody


class AcceptanceRequest(Request):
    """Until when the document holds, where the seller said nothing about it or something else."""

    valid_until: date | None = None


class DocumentRefusalRequest(Request):
    """Why not, as a code, and what the seller has to do."""

    reason: DocumentRefusal
    next_step: Words


class Dac7SellerBody(BaseModel):
    """What accounts knows of a seller for the yearly report; amounts come from payments. `missing` names what is not there."""

    seller_id: UUID
    state: str
    legal_name: str
    address: AddressBody
    registration_number: str
    vat_numbers: dict[str, str]
    nature: str | None
    tax_number: str | None
    tax_country: str | None
    establishments: list[str]
    birth_date: date | None
    birth_place: str | None
    payout_iban: str | None
    payout_holder: str | None = Field(description="Null where it is the seller itself")
    payouts_held: bool
    missing: list[str]


def _address(body: AddressBody) -> Address:
    return Address(body.street, body.postal_code, body.city, body.country)


def _person(body: PersonBody) -> Person:
    return Person(body.name, body.birth_date, body.country)


def _owners(body: OwnersBody) -> Owners:
    return Owners(
        owners=tuple(Owner(_person(one.person), one.share_basis_points, one.control) for one in body.owners),
        representative=_person(body.representative) if body.representative else None,
    )


def _tax(body: TaxDataBody) -> TaxData:
    return TaxData(
        nature=body.nature,
        tax_number=body.tax_number,
        tax_country=body.tax_country,
        establishments=tuple(body.establishments),
        birth_date=body.birth_date,
        birth_place=body.birth_place,
    )
