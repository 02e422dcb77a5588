"""What the state of a seller's case means for its business: told in answers, and the same in mails."""

from dataclasses import dataclass

from accounts.domain.seller import Seller, SellerState


@dataclass(frozen=True)
class Effects:
    """Codes: `offers` none, live, paused or ended; `open_orders` none or to_be_finished; `payouts` none, go_on or held."""

    offers: str
    open_orders: str
    payouts: str


def effects_of(seller: Seller) -> Effects:
    """Whatever ends a seller's business, what was ordered is delivered and what was earned is paid after the claim window."""
    payouts = "held" if seller.payouts_held else "go_on"
    match seller.state:
        case SellerState.ACTIVE:
            return Effects("live", "to_be_finished", payouts)
        case SellerState.SUSPENDED:
            return Effects("paused", "to_be_finished", payouts)
        case SellerState.OFFBOARDED:
            return Effects("ended", "to_be_finished", payouts)
        case _:
            return Effects("none", "none", "none")
