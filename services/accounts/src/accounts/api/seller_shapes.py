"""Seller cases and their documents → response shapes."""

from collections.abc import Iterable
from typing import Any

from accounts.api import shapes
from accounts.api.schemas import AddressBody
from accounts.api.seller_schemas import (
    Dac7SellerBody,
    DocumentBody,
    DocumentsBody,
    EffectsBody,
    OwnerBody,
    OwnersBody,
    PersonBody,
    RequirementBody,
    SellerFileBody,
    SellerMoveBody,
    TaxDataBody,
)
from accounts.domain.company import Company
from accounts.domain.document import Document
from accounts.domain.effects import effects_of
from accounts.domain.owners import Owners, Person
from accounts.domain.requirements import Requirement
from accounts.domain.seller import Seller
from accounts.domain.tax_data import TaxData


def seller_file(
    company: Company, seller: Seller, requirements: Iterable[Requirement], *, by_operator: bool
) -> SellerFileBody:
    """A whole case, as its owner or the operator sees it."""
    return SellerFileBody(
        **dict(shapes.seller(company, seller)),
        ship_from=list(seller.ship_from),
        return_addresses=[AddressBody.model_construct(**vars(one)) for one in seller.return_addresses],
        beneficial_owners=_owners(seller.owners) if seller.owners else None,
        tax_data=_tax(seller.tax, by_operator=by_operator) if seller.tax else None,
        requirements=[RequirementBody(**vars(one)) for one in requirements],
        effects=_effects(seller),
    )


def seller_move(seller: Seller) -> SellerMoveBody:
    """The answer to a move of a case."""
    return SellerMoveBody(seller_id=seller.id, state=seller.state, version=seller.version, effects=_effects(seller))


def document(document: Document) -> DocumentBody:
    """A document without its content."""
    known = {name: value for name, value in vars(document).items() if name != "seller_id"}
    return DocumentBody(**known)


def documents(found: Iterable[Document]) -> DocumentsBody:
    """All documents of a case."""
    return DocumentsBody(items=[document(one) for one in found])


def dac7(company: Company, seller: Seller) -> Dac7SellerBody:
    """A seller as the yearly report knows it."""
    tax = seller.tax
    holder = seller.payout_holder
    asked = {"tax_number": tax and tax.tax_number, "payout_iban": seller.payout_iban}
    return Dac7SellerBody(
        seller_id=seller.id,
        state=seller.state,
        legal_name=company.legal_name,
        address=AddressBody.model_construct(**vars(company.address)),
        registration_number=company.registration_number,
        vat_numbers={vat.country: vat.number for vat in company.vat_numbers},
        nature=tax.nature if tax else None,
        tax_number=tax.tax_number if tax else None,
        tax_country=tax.tax_country if tax else None,
        establishments=list(tax.establishments) if tax else [],
        birth_date=tax.birth_date if tax else None,
        birth_place=tax.birth_place if tax else None,
        payout_iban=seller.payout_iban,
        payout_holder=None if holder == company.legal_name else holder,
        payouts_held=seller.payouts_held,
        missing=[name for name, value in asked.items() if not value],
    )


def _effects(seller: Seller) -> EffectsBody:
    return EffectsBody.model_validate(vars(effects_of(seller)))


def _owners(owners: Owners) -> OwnersBody:
    return OwnersBody(
        owners=[
            OwnerBody(person=_person(one.person), share_basis_points=one.share_basis_points, control=one.control)
            for one in owners.owners
        ],
        representative=_person(owners.representative) if owners.representative else None,
    )


def _person(person: Person) -> PersonBody:
    return PersonBody(**vars(person))


def _tax(tax: TaxData, *, by_operator: bool) -> TaxDataBody:
    shown: dict[str, Any] = {**vars(tax), "establishments": list(tax.establishments)}
    if not by_operator:
        shown["tax_number"] = f"****{tax.tax_number[-4:]}"
    return TaxDataBody(**shown)
