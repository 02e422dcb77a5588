"""Who stands behind an offer: what the law wants a buyer to know of a trader before it orders (Directive 2000/31/EC art. 5,
Regulation (EU) 2022/2065 art. 30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class TraderAddress:
    """Where the trader is established."""

    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Trader:
    """A seller as `accounts` knows it; `version` is the company's there. `registration_scheme` is the register's ISO 6523
    code. The contact is the company's, without anybody's name."""

    seller_id: Id
    version: int
    name: str
    country: str
    address: TraderAddress | None = None
    legal_form: str | None = None
    share_capital: str | None = None
    registration_number: str | None = None
    registration_scheme: str | None = None
    vat_number: str | None = None
    email: str | None = None
    phone: str | None = None


def trader_of(seller_id: Id, party: Mapping[str, Any]) -> Trader:
    """Out of the party snapshot; of several VAT numbers that of its own country, else its first."""
    numbers = party.get("vat_numbers") or {}
    address = party.get("address")
    contacts = party.get("contacts") or []
    return Trader(
        seller_id=seller_id,
        version=int(party["version"]),
        name=party["legal_name"],
        country=party["country"],
        address=TraderAddress(**address) if address else None,
        legal_form=party.get("legal_form"),
        share_capital=party.get("share_capital"),
        registration_number=party.get("registration_number"),
        registration_scheme=party.get("registration_scheme"),
        vat_number=numbers.get(party["country"]) or next(iter(numbers.values()), None),
        email=contacts[0]["email"] if contacts else None,
        phone=party.get("support_phone"),
    )
