"""The people and accounts that stand on the documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Address:
    """`country` is an ISO 3166 code; XI (Northern Ireland) is written as GB."""

    line1: str
    postal_code: str
    city: str
    country: str
    line2: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and the ISO 6523 scheme it belongs to: "0002" SIREN, "0009" SIRET, "0184" Danish CVR, "0225" French e-address."""

    value: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A seller, a buyer or the platform.

    `registration` is the company number (BT-30/BT-47), `establishment` the site (SIRET, BT-29), `endpoint` the electronic
    address (BT-34/BT-49). `legal_form` is form and capital ("SAS au capital de 50 000 €"), `register_entry` the trade
    register ("RCS Paris 732 829 320").
    """

    name: str
    address: Address
    vat_number: str | None = None
    registration: Identifier | None = None
    establishment: Identifier | None = None
    endpoint: Identifier | None = None
    legal_form: str | None = None
    register_entry: str | None = None
    phone: str | None = None
    email: str | None = None


def company_of(snapshot: Mapping[str, Any]) -> Party:
    """A company as `accounts` describes it to the other services: name, address, its first VAT number, its register."""
    address, number = snapshot["address"], snapshot.get("registration_number")
    return Party(
        name=snapshot["legal_name"],
        address=Address(address["street"], address["postal_code"], address["city"], address["country"]),
        vat_number=next(iter((snapshot.get("vat_numbers") or {}).values()), None),
        registration=Identifier(number, snapshot.get("registration_scheme")) if number else None,
    )


@dataclass(frozen=True, slots=True)
class DeliverTo:
    """Where the goods go (BG-13)."""

    name: str
    address: Address


@dataclass(frozen=True, slots=True)
class Account:
    """The buyer's virtual account at the payment provider; `provider` is the provider's name as the reader knows it.

    `local_details` are label and value pairs for currencies that are not paid by IBAN (sort code, account number).
    """

    iban: str
    holder: str
    provider: str
    bic: str | None = None
    local_details: tuple[tuple[str, str], ...] = ()
