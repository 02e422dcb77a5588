"""How much of a seller's stock one buyer company may hold unpaid, so that nobody parks a whole shop at no cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from chassis.kernel.ids import Id

ShareReason = Literal["offer_share_limit", "seller_share_limit"]


@dataclass(frozen=True, slots=True)
class ShareCap:
    """Percent of an offer's units, and of all units that a seller has on sale; held ones count as on sale.

    Up to `counts_above_units` of either nobody asks for shares: half of three phones is no way to run a shop.
    """

    offer_percent: int
    seller_percent: int
    counts_above_units: int

    def of_offer(self, units: int) -> int:
        """How many of an offer's units."""
        return max(self.counts_above_units, units * self.offer_percent // 100)

    def of_seller(self, units: int) -> int:
        """How many of a seller's units."""
        return max(self.counts_above_units, units * self.seller_percent // 100)


@dataclass(frozen=True, slots=True)
class BuyersHold:
    """What the buyer holds unpaid, by offer and by seller, and what those sellers have on sale that are to be looked at."""

    cap: ShareCap
    units: Mapping[Id, int] = field(default_factory=dict)
    on_sale: Mapping[Id, int] = field(default_factory=dict)

    def with_seller(self, seller_id: Id, wanted: int) -> int:
        """Units held of this seller if these were too."""
        return self.units.get(seller_id, 0) + wanted


@dataclass(frozen=True, slots=True)
class WantedUnits:
    """Units of an offer that are asked for; `on_sale` of the offer are free or held."""

    offer_id: Id
    seller_id: Id
    quantity: int
    on_sale: int


@dataclass(frozen=True, slots=True)
class ShareRefusal:
    """`held` already, where `held_max` is the most."""

    reason: ShareReason
    held: int
    held_max: int


def over_share(wanted: Iterable[WantedUnits], hold: BuyersHold) -> dict[Id, ShareRefusal]:
    """By offer, what would go over a share; empty where nothing does."""
    asked = list(wanted)
    of_sellers: dict[Id, int] = defaultdict(int)
    for one in asked:
        of_sellers[one.seller_id] += one.quantity
    found: dict[Id, ShareRefusal] = {}
    for one in asked:
        most, held = hold.cap.of_offer(one.on_sale), hold.units.get(one.offer_id, 0)
        if held + one.quantity > most:
            found[one.offer_id] = ShareRefusal("offer_share_limit", held, most)
            continue
        most = hold.cap.of_seller(hold.on_sale.get(one.seller_id, 0))
        if hold.with_seller(one.seller_id, of_sellers[one.seller_id]) > most:
            found[one.offer_id] = ShareRefusal("seller_share_limit", hold.units.get(one.seller_id, 0), most)
    return found
