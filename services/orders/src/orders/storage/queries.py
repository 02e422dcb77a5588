"""The read side: lists and details, without locks and outside of any command."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    RowMapping,
    Select,
    Table,
    Text,
    all_,
    any_,
    bindparam,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.db.direct import Alone, Query, alone
from chassis.db.engine import reading
from chassis.db.repository import among, rows_among
from chassis.db.together import Together
from chassis.kernel.ids import Id
from orders.domain.errors import BuyerNotKnown, OrderNotFound, PurchaseOrderNotReady, SellerOrderNotFound
from orders.domain.order import UNSETTLED, Order
from orders.domain.party import Party
from orders.domain.purchasing import PurchasingRules
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import Shipment
from orders.storage.orders import held_by, holding_of, order_of
from orders.storage.purchasing import rules_of_company
from orders.storage.records import instructions_of, parties_of
from orders.storage.seller_orders import place_of, seller_order_of
from orders.storage.shipments import shipment_of
from orders.storage.tables import (
    documents,
    order_history,
    orders,
    payment_instructions,
    seller_orders,
    shipments,
)
from orders.storage.trust import trust_of
from orders.use_cases.place_order import OPEN_ORDERS_NAMED
from orders.use_cases.ports import (
    HistoryEntry,
    HoldingOrder,
    OrderView,
    SellerOrderView,
    StoredDocument,
    TrustView,
    Wanted,
)
from orders.use_cases.prepare_purchase_order import PURCHASE_ORDER

# Placed, then held; whatever follows is a version of its own.
HELD_VERSION = 2
_STORY = select(*(column for column in order_history.c if column.name != "n")).order_by(order_history.c.n)
# Built once: building a statement costs more than running it.
_VALUES = any_(bindparam("values", type_=ARRAY(UUID())))
_STORIES = Query(_STORY.where(order_history.c.order_id == _VALUES))
_INSTRUCTIONS = Query(select(payment_instructions).where(payment_instructions.c.order_id == _VALUES))
_PAPERS = Query(
    select(documents.c.order_id, documents.c.sha256).where(
        documents.c.order_id == _VALUES, documents.c.kind == PURCHASE_ORDER
    )
)
_SETTLED = Query(
    select(orders.c.id).where(
        orders.c.id == _VALUES, orders.c.state != all_(literal([str(state) for state in UNSETTLED], ARRAY(Text())))
    )
)


class OrderQueries:
    """Reads on connections of their own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)
        self._views = Together(self._read_views)

    async def settled(self, order_ids: Sequence[Id]) -> Sequence[Id]:
        """Those of the orders of which is known what becomes of them."""
        async with alone(self._engine) as database:
            return [row["id"] for row in await database.read(_SETTLED, values=list(order_ids))]

    async def order(self, order_id: Id, buyer_id: Id | None) -> OrderView:
        """One order with all that belongs to it; raises OrderNotFound, also for another buyer's."""
        view = await self._views.find(order_id)
        if view is None or (buyer_id is not None and view.order.buyer_id != buyer_id):
            raise OrderNotFound(id=str(order_id))
        return view

    async def _read_views(self, order_ids: Collection[Id]) -> dict[Id, OrderView]:
        async with alone(self._engine) as database:
            # First, so that whatever belongs to an order is at least as new as the order.
            found = await database.read(rows_among(orders.c.id), values=list(order_ids))
            # Papers and parcels come with later versions: who has just placed an order does not pay for looking.
            followed = [row["id"] for row in found if row["version"] > HELD_VERSION]
            parts = await _by_order(database, rows_among(seller_orders.c.order_id), order_ids)
            instructions = await _by_order(database, _INSTRUCTIONS, order_ids)
            papers = await _by_order(database, _PAPERS, followed)
            parcels = await _by_order(database, rows_among(shipments.c.order_id), followed)
            told = await _by_order(database, _STORIES, order_ids)
        views = {}
        for row in found:
            order = order_of(row)
            own = [seller_order_of(part) for part in parts[order.id]]
            views[order.id] = OrderView(
                order=order,
                seller_orders=tuple(sorted(own, key=lambda part: place_of(part.number))),
                shipments=tuple(shipment_of(parcel) for parcel in parcels[order.id]),
                instructions=next((instructions_of(one) for one in instructions[order.id]), None),
                purchase_order_sha256=next((paper["sha256"] for paper in papers[order.id]), None),
                history=tuple(HistoryEntry(**entry) for entry in told[order.id]),
            )
        return views

    async def orders(self, buyer_id: Id | None, wanted: Wanted) -> Sequence[Order]:
        """A slice of the buyer's orders; one more than the limit where more follow."""
        mine = [] if buyer_id is None else [orders.c.buyer_id == buyer_id]
        async with self._engine.connect() as connection:
            return [order_of(row) for row in await _all(connection, _slice(orders, orders.c.placed_at, mine, wanted))]

    async def seller_order(self, seller_order_id: Id, seller_id: Id | None) -> SellerOrderView:
        """One seller order; raises SellerOrderNotFound, also for another seller's."""
        async with self._engine.connect() as connection:
            row = await _first(connection, select(seller_orders).where(seller_orders.c.id == seller_order_id))
            if row is None or (seller_id is not None and row["seller_id"] != seller_id):
                raise SellerOrderNotFound(id=str(seller_order_id))
            whole = await _first(connection, select(orders).where(orders.c.id == row["order_id"]))
            assert whole is not None, "a seller order has an order"
            history = await _history(connection, row["order_id"])
            return SellerOrderView(
                seller_order=seller_order_of(row),
                order=order_of(whole),
                shipments=await _shipments(connection, shipments.c.seller_order_id == seller_order_id),
                history=tuple(entry for entry in history if entry.seller_order_id == seller_order_id),
            )

    async def seller_orders(self, seller_id: Id | None, wanted: Wanted) -> Sequence[SellerOrder]:
        """A slice of the seller's orders; one more than the limit where more follow."""
        mine = [] if seller_id is None else [seller_orders.c.seller_id == seller_id]
        async with self._engine.connect() as connection:
            return [
                seller_order_of(row)
                for row in await _all(connection, _slice(seller_orders, seller_orders.c.opened_at, mine, wanted))
            ]

    async def purchase_order(self, order_id: Id, buyer_id: Id | None) -> StoredDocument:
        """The paper; raises OrderNotFound or PurchaseOrderNotReady."""
        async with self._engine.connect() as connection:
            owner = await _first(connection, select(orders.c.buyer_id).where(orders.c.id == order_id))
            if owner is None or (buyer_id is not None and owner["buyer_id"] != buyer_id):
                raise OrderNotFound(id=str(order_id))
            row = await _first(
                connection,
                select(documents).where(documents.c.order_id == order_id, documents.c.kind == PURCHASE_ORDER),
            )
            if row is None:
                raise PurchaseOrderNotReady(id=str(order_id))
            return StoredDocument(**row)

    async def purchasing(self, company_id: Id) -> PurchasingRules | None:
        """How a company buys, as far as it is known."""
        async with self._engine.connect() as connection:
            return await rules_of_company(connection, company_id)

    async def holding(self, buyer_id: Id) -> Sequence[HoldingOrder]:
        """The orders that hold a buyer's unpaid stock, oldest first, as many as a refusal names."""
        async with self._engine.connect() as connection:
            return await holding_of(connection, buyer_id, OPEN_ORDERS_NAMED)

    async def trust(self, buyer_id: Id) -> TrustView:
        """What a buyer is trusted for, and what it holds; raises BuyerNotKnown."""
        async with self._engine.connect() as connection:
            if not await parties_of(connection, [buyer_id]):
                raise BuyerNotKnown(id=str(buyer_id))
            held = (await held_by(connection, [buyer_id]))[buyer_id]
            return TrustView(await trust_of(connection, buyer_id), held.paid_orders, held.units, held.values)

    async def to_ship(self, seller_id: Id, until: datetime | None, limit: int) -> Sequence[SellerOrder]:
        """What the seller has to ship, by `until` if it is given; what leaves first comes first."""
        c = seller_orders.c
        due = [] if until is None else [c.ship_by <= until]
        statement = select(seller_orders).where(c.seller_id == seller_id, c.state == SellerOrderState.TO_SHIP, *due)
        async with self._engine.connect() as connection:
            return [
                seller_order_of(row) for row in await _all(connection, statement.order_by(c.ship_by, c.id).limit(limit))
            ]

    async def numbered(self, seller_id: Id, numbers: Sequence[str]) -> Sequence[SellerOrder]:
        """Those of the seller's orders that have these numbers."""
        c = seller_orders.c
        statement = select(seller_orders).where(c.seller_id == seller_id, among(c.number, numbers))
        async with self._engine.connect() as connection:
            return [seller_order_of(row) for row in await _all(connection, statement)]

    async def parties(self, company_ids: Sequence[Id]) -> Mapping[Id, Party]:
        """Companies, as far as they are known."""
        async with self._engine.connect() as connection:
            return {party.company_id: party for party in await parties_of(connection, company_ids)}


def _slice(table: Table, born_at: Column[datetime], mine: list[ColumnElement[bool]], wanted: Wanted) -> Select[Any]:
    feed = wanted.updated_since is not None
    key = tuple_(table.c.updated_at if feed else born_at, table.c.id)
    statement = select(table).where(*mine)
    if wanted.state is not None:
        statement = statement.where(table.c.state == wanted.state)
    if feed:
        statement = statement.where(table.c.updated_at >= wanted.updated_since)
    if wanted.after is not None:
        # Spelled as a row comparison, which one index serves.
        seen = tuple_(literal(wanted.after[0], DateTime(timezone=True)), literal(wanted.after[1], UUID()))
        statement = statement.where(key > seen if feed else key < seen)
    directions = key.clauses if feed else [column.desc() for column in key.clauses]
    return statement.order_by(*directions).limit(wanted.limit + 1)


async def _shipments(connection: AsyncConnection, condition: ColumnElement[bool]) -> tuple[Shipment, ...]:
    rows = await _all(connection, select(shipments).where(condition).order_by(shipments.c.id))
    return tuple(shipment_of(row) for row in rows)


async def _history(connection: AsyncConnection, order_id: Id) -> tuple[HistoryEntry, ...]:
    return tuple(
        HistoryEntry(**row) for row in await _all(connection, _STORY.where(order_history.c.order_id == order_id))
    )


async def _by_order(database: Alone, query: Query, order_ids: Collection[Id]) -> Mapping[Id, list[Any]]:
    """The rows of many orders, by order."""
    by_order: dict[Id, list[Any]] = defaultdict(list)
    if order_ids:
        for row in await database.read(query, values=list(order_ids)):
            by_order[row["order_id"]].append(row)
    return by_order


async def _first(connection: AsyncConnection, statement: Select[Any]) -> RowMapping | None:
    rows = await connection.execute(statement)
    found: RowMapping | None = rows.mappings().first()
    return found


async def _all(connection: AsyncConnection, statement: Select[Any]) -> Sequence[RowMapping]:
    rows = await connection.execute(statement)
    found: Sequence[RowMapping] = rows.mappings().all()
    return found
