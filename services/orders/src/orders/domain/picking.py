"""What a seller fetches from its shelves for the orders it has to ship."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.pricing import SoldLine
from orders.domain.seller_order import SellerOrder

# What one list shows at the most: a morning's work of a large warehouse.
ORDERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class PickedFor:
    """So many units of a pick belong into this seller order's parcel."""

    seller_order_id: Id
    number: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One thing to fetch: the same offer with the same options. `ship_by` is the first of its orders' instants."""

    offer_id: Id
    sku: str
    title: str
    grade: str
    options: tuple[str, ...]
    quantity: int
    ship_by: datetime | None
    seller_orders: tuple[PickedFor, ...]


def picks_of(parts: Sequence[SellerOrder]) -> list[Pick]:
    """All lines of these seller orders, gathered by offer and options, in the order of the SKUs; within a pick the order
    that leaves first comes first."""
    gathered = defaultdict[tuple[str, Id, tuple[str, ...]], list[tuple[SellerOrder, SoldLine]]](list)
    for part in sorted(parts, key=lambda part: (part.ship_by is None, part.ship_by or part.opened_at, part.number)):
        for line in part.lines:
            gathered[line.sku, line.offer_id, line.option_titles].append((part, line))
    return [_pick(options, found) for (_, _, options), found in sorted(gathered.items(), key=lambda one: one[0])]


def _pick(options: tuple[str, ...], found: Sequence[tuple[SellerOrder, SoldLine]]) -> Pick:
    first, line = found[0]
    return Pick(
        offer_id=line.offer_id,
        sku=line.sku,
        title=line.title,
        grade=line.grade,
        options=options,
        quantity=sum(line.quantity for _, line in found),
        ship_by=first.ship_by,
        seller_orders=tuple(PickedFor(part.id, part.number, line.quantity) for part, line in found),
    )
