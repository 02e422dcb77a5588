"""Seller orders: row ↔ aggregate."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from chassis.db.session import Session
from chassis.db.write_behind import WriteBehindRepository
from chassis.kernel.ids import Id
from orders.domain.errors import SellerOrderNotFound
from orders.domain.money import Totals
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.storage import codec
from orders.storage.codec import Row
from orders.storage.tables import seller_orders


class SellerOrderRepository(WriteBehindRepository[SellerOrder]):
    """Seller orders by id."""

    table = seller_orders
    not_found = SellerOrderNotFound
    frozen = frozenset(
        {
            "id",
            "order_id",
            "number",
            "seller_id",
            "buyer_id",
            "market",
            "policy_version",
            "currency",
            "lines",
            "regimes",
            "shipping_fee_minor",
            "net_minor",
            "vat_minor",
            "rounding_minor",
            "gross_minor",
            "opened_at",
        }
    )

    async def of_order(self, order_id: Id) -> Sequence[SellerOrder]:
        """Those of an order, in the order of their numbers."""
        ahead = None if self._session is None else self._session.recall(_parts_of(order_id), None)
        found = await self.having(seller_orders.c.order_id, [order_id]) if ahead is None else map(self._remember, ahead)
        return sorted(found, key=lambda part: place_of(part.number))

    async def add(self, *aggregates: SellerOrder) -> None:
        """Insert; what was read ahead of their orders is no longer all."""
        await super().add(*aggregates)
        self._forget_ahead(*aggregates)

    async def save(self, aggregate: SellerOrder) -> None:
        """Compare and set; what was read ahead of its order is old."""
        await super().save(aggregate)
        self._forget_ahead(aggregate)

    def _forget_ahead(self, *parts: SellerOrder) -> None:
        if self._session is not None:
            for part in parts:
                if self._session.recall(_parts_of(part.order_id), None) is not None:
                    self._session.remember(_parts_of(part.order_id), None)

    async def states_of_order(self, order_id: Id) -> Sequence[SellerOrderState]:
        """How far each part is, without reading its lines."""
        rows = await self._connection.execute(select(seller_orders.c.state).where(seller_orders.c.order_id == order_id))
        return [SellerOrderState(state) for state in rows.scalars()]

    def to_row(self, aggregate: SellerOrder) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "order_id": aggregate.order_id,
            "number": aggregate.number,
            "seller_id": aggregate.seller_id,
            "buyer_id": aggregate.buyer_id,
            "market": aggregate.market,
            "policy_version": aggregate.policy_version,
            "currency": aggregate.currency,
            "delivery_country": aggregate.delivery_country,
            "lines": codec.SOLD_LINES.to_json(aggregate.lines),
            "regimes": codec.REGIMES.to_json(aggregate.regimes),
            "shipping_fee_minor": aggregate.shipping_fee,
            "net_minor": aggregate.totals.net,
            "vat_minor": aggregate.totals.vat,
            "rounding_minor": aggregate.totals.rounding,
            "gross_minor": aggregate.totals.gross,
            "state": str(aggregate.state),
            "opened_at": aggregate.opened_at,
            "updated_at": aggregate.updated_at,
            "vat_hold_reason": aggregate.vat_hold_reason,
            "accept_by": aggregate.accept_by,
            "ship_by": aggregate.ship_by,
            "ship_by_calendar": aggregate.ship_by_calendar,
            "shipment_id": aggregate.shipment_id,
            "moved_to": aggregate.moved_to and codec.DELIVER_TO.to_json(aggregate.moved_to),
            "taxed": aggregate.taxed and codec.TAXED.to_json(aggregate.taxed),
            "address_change": aggregate.address_change and codec.ADDRESS_CHANGE.to_json(aggregate.address_change),
            "cancel_reason": aggregate.cancel_reason,
            "cancelled_by": aggregate.cancelled_by,
            "cancellation_request": aggregate.cancellation_request
            and codec.CANCELLATION_REQUEST.to_json(aggregate.cancellation_request),
            "late_at": aggregate.late_at,
            "free_from": aggregate.free_from,
            "delay": aggregate.delay and codec.DELAY.to_json(aggregate.delay),
        }

    def from_row(self, row: Mapping[str, Any]) -> SellerOrder:
        """The seller order of a row."""
        return seller_order_of(dict(row))


async def read_parts_ahead(session: Session, order_ids: Iterable[Id]) -> list[SellerOrder]:
    """For commands that will ask for all seller orders of these orders."""
    ids = list(order_ids)
    found = await SellerOrderRepository(session).having(seller_orders.c.order_id, ids)
    for id in ids:
        session.remember(_parts_of(id), [part for part in found if part.order_id == id])
    return found


def _parts_of(order_id: Id) -> Hashable:
    return "seller orders of", order_id


def seller_order_of(row: Row) -> SellerOrder:
    """The seller order of a row."""
    taxed = codec.TAXED.from_json(row["taxed"]) if row["taxed"] else None
    return SellerOrder(
        id=row["id"],
        version=row["version"],
        order_id=row["order_id"],
        number=row["number"],
        seller_id=row["seller_id"],
        buyer_id=row["buyer_id"],
        market=row["market"],
        policy_version=row["policy_version"],
        currency=row["currency"],
        delivery_country=row["delivery_country"],
        lines=taxed.lines if taxed else codec.SOLD_LINES.from_json(row["lines"]),
        regimes=taxed.regimes if taxed else codec.REGIMES.from_json(row["regimes"]),
        shipping_fee=row["shipping_fee_minor"],
        totals=Totals(row["net_minor"], row["vat_minor"], row["rounding_minor"], row["gross_minor"]),
        state=SellerOrderState(row["state"]),
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        vat_hold_reason=row["vat_hold_reason"],
        accept_by=row["accept_by"],
        ship_by=row["ship_by"],
        ship_by_calendar=row["ship_by_calendar"],
        shipment_id=row["shipment_id"],
        moved_to=codec.DELIVER_TO.from_json(row["moved_to"]) if row["moved_to"] else None,
        taxed=taxed,
        address_change=codec.ADDRESS_CHANGE.from_json(row["address_change"]) if row["address_change"] else None,
        cancel_reason=row["cancel_reason"],
        cancelled_by=row["cancelled_by"],
        cancellation_request=row["cancellation_request"]
        and codec.CANCELLATION_REQUEST.from_json(row["cancellation_request"]),
        late_at=row["late_at"],
        free_from=row["free_from"],
        delay=row["delay"] and codec.DELAY.from_json(row["delay"]),
    )


def place_of(number: str) -> int:
    """The seller's place in the order: 2 for 100042-2."""
    return int(number.rpartition("-")[2])
