"""Where a seller wants its devices back: an address of its own for each country that it ships from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ReturnPlace:
    """As it is written on the parcel."""

    company: str
    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class ReturnPlaces:
    """A seller's, as `accounts` told them last; `version` is the company's there. `usual` is used for every other country."""

    seller_id: Id
    version: int
    usual: ReturnPlace | None
    by_country: Mapping[str, ReturnPlace]

    def of(self, ship_from: str | None) -> ReturnPlace | None:
        """Where a device goes back to that was shipped from there."""
        return self.by_country.get(ship_from or "") or self.usual


def return_places_of(seller_id: Id, party: Mapping[str, Any]) -> ReturnPlaces:
    """Out of the party snapshot of `accounts`."""
    name, usual = str(party["legal_name"]), party.get("return_address")
    by_country = party.get("return_addresses") or {}
    return ReturnPlaces(
        seller_id,
        int(party["version"]),
        _place(name, usual) if usual else None,
        {country: _place(name, address) for country, address in by_country.items()},
    )


def _place(name: str, address: Mapping[str, Any]) -> ReturnPlace:
    return ReturnPlace(name, address["street"], address["postal_code"], address["city"], address["country"])
