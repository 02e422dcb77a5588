"""The seller as the catalogue sees it: may it publish, and in which markets."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from catalog.domain.errors import SellerNotActive
from chassis.kernel.ids import Id


class SellerState(StrEnum):
    """What `accounts` last said about the seller."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller with its catalogue; `version` counts the catalogue's public events, not the seller's.

    `ship_from`: the countries it has a VAT number and a return address in; None until `accounts` has told of them.
    """

    id: Id
    state: SellerState
    markets: tuple[str, ...] = ()
    version: int = 0
    ship_from: tuple[str, ...] | None = None

    def told(
        self, state: SellerState | None, markets: tuple[str, ...] | None, ship_from: tuple[str, ...] | None
    ) -> "Seller":
        """The seller after a fact from `accounts`; what a fact does not name stays."""
        named: dict[str, Any] = {"state": state, "markets": markets, "ship_from": ship_from}
        return replace(self, **{name: value for name, value in named.items() if value is not None})

    def ships_from(self, country: str) -> bool:
        """Whether goods may leave from there."""
        return self.ship_from is None or country in self.ship_from


def active(seller: Seller | None) -> Seller:
    """The seller, if it may publish; SellerNotActive for anybody else, and where `accounts` has not told of it yet."""
    if seller is None or seller.state is not SellerState.ACTIVE:
        raise SellerNotActive(state=str(seller.state) if seller else "unknown")
    return seller
