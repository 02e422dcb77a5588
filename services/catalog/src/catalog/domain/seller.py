"""The seller as the catalogue sees it: may it publish, and in which markets."""

from dataclasses import dataclass, replace
from enum import StrEnum

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
    """A seller with its catalogue; `version` counts the catalogue's public events, not the seller's."""

    id: Id
    state: SellerState
    markets: tuple[str, ...] = ()
    version: int = 0

    def told(self, state: SellerState, markets: tuple[str, ...] | None) -> "Seller":
        """The seller after a fact from `accounts`; a fact that names no markets leaves them."""
        return replace(self, state=state, markets=self.markets if markets is None else markets)


def active(seller: Seller | None) -> Seller:
    """The seller, if it may publish; SellerNotActive for anybody else, and where `accounts` has not told of it yet."""
    if seller is None or seller.state is not SellerState.ACTIVE:
        raise SellerNotActive(state=str(seller.state) if seller else "unknown")
    return seller
