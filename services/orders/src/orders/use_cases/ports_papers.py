"""What the routes need of whoever prints a seller's papers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from orders.domain.order import Order
from orders.domain.party import Party
from orders.domain.picking import Pick
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder
from orders.domain.shipment import Shipment


class SellerPapers(Protocol):
    """PDFs, made while somebody waits."""

    async def packing_slip(
        self,
        part: SellerOrder,
        order: Order,
        shipment: Shipment | None,
        seller: Party,
        buyer: Party | None,
        rules: OrderRules,
        now: datetime,
    ) -> bytes:
        """For the buyer's goods-in, in the buyer's language; with the devices' numbers once the parcel names them."""
        ...

    async def pick_list(
        self, picks: Sequence[Pick], orders: int, seller: Party, rules: OrderRules, now: datetime
    ) -> bytes:
        """For the seller's own warehouse, in the seller's language."""
        ...
