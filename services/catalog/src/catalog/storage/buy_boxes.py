"""Buy boxes in PostgreSQL: however many products changed, a handful of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.boxes import BuyBox
from catalog.domain.buy_box import Contender, Scored
from catalog.domain.comparisons import Comparison, Decision, Entry
from catalog.domain.offer import StockedOffer
from catalog.domain.seller import SellerState
from catalog.domain.seller_record import SellerRecord
from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.tables import offers, sellers
from catalog.storage.tables_buy_box import seller_records
from chassis.db.rows import as_json
from chassis.kernel.ids import Id

# Marks at a time: a mark names 200 products at the most.
_MARKS_AT_ONCE = 2
# A decision keeps so many of its contenders; no one behind them comes near the box.
CONTENDERS_KEPT = 100

# One copy decides at a time: two would number the decisions of one box twice.
_ALONE = text("select pg_try_advisory_xact_lock(hashtextextended('catalog.buy_box', 0))")
_TAKE = text(
    "delete from buy_box_marks where n = any(array(select n from buy_box_marks order by n limit :most)) "
    "returning product_ids"
).bindparams(most=_MARKS_AT_ONCE)
_BOXES = text(
    "select id, product_id, grade, market, price_country, currency, version, winner_offer_id, basis, decided_at "
    "from buy_boxes where product_id = any(:products)"
).bindparams(bindparam("products", type_=ARRAY(UUID)))
_KEEP = text(
    "insert into buy_boxes select * from jsonb_populate_recordset(null::buy_boxes, cast(:rows as jsonb)) "
    "on conflict (id) do update set version = excluded.version, winner_offer_id = excluded.winner_offer_id, "
    "basis = excluded.basis, decided_at = excluded.decided_at"
)
_ADD = text(
    "insert into buy_box_decisions "
    "select * from jsonb_populate_recordset(null::buy_box_decisions, cast(:rows as jsonb))"
)
_RECORD = (seller_records.c.due, seller_records.c.late, seller_records.c.claimed)


class BuyBoxRepository:
    """Inside the transaction of whoever decides."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_marked(self) -> list[Id]:
        """Products that changed; none while another copy decides."""
        if not (await self._connection.execute(_ALONE)).scalar_one():
            return []
        rows = (await self._connection.execute(_TAKE)).all()
        return sorted({id for row in rows for id in row.product_ids})

    async def entries(self, product_ids: Collection[Id]) -> list[Entry]:
        """Every offer of these products."""
        statement = entries_where().where(
            offers.c.product_id == text("any(:products)").bindparams(bindparam("products", type_=ARRAY(UUID)))
        )
        rows = await self._connection.execute(statement, {"products": list(product_ids)})
        return [entry_of(row) for row in rows.mappings().all()]

    async def of_products(self, product_ids: Collection[Id]) -> list[BuyBox]:
        """Every box there ever was for these products."""
        rows = await self._connection.execute(_BOXES, {"products": list(product_ids)})
        return [box_of(row) for row in rows.mappings().all()]

    async def keep(self, decided: Sequence[tuple[BuyBox, Decision]]) -> None:
        """Store the boxes as they are now, and add their decisions."""
        boxes = [
            {
                "id": box.id,
                **box.comparison._asdict(),
                "version": box.version,
                "winner_offer_id": box.winner_offer_id,
                "basis": box.basis,
                "decided_at": box.decided_at,
            }
            for box, _ in decided
        ]
        await self._connection.execute(_KEEP, {"rows": as_json(boxes)})
        decisions = [
            {
                "box_id": box.id,
                "version": box.version,
                "formula": decision.formula,
                "decided_at": box.decided_at,
                "winner_offer_id": box.winner_offer_id,
                "contenders": [_stored(one) for one in decision.ranking[:CONTENDERS_KEPT]],
                "contenders_in_all": len(decision.ranking),
            }
            for box, decision in decided
        ]
        await self._connection.execute(_ADD, {"rows": as_json(decisions)})


def entries_where() -> Select[Any]:
    """Offers with their stock, their seller's state and its record; the caller says which."""
    return (
        stocked_offers((sellers.c.state == SellerState.ACTIVE.value).label("seller_is_active"), *_RECORD)
        .join(sellers, sellers.c.id == offers.c.seller_id)
        .outerjoin(seller_records, seller_records.c.seller_id == offers.c.seller_id)
    )


def entry_of(row: Any) -> Entry:
    """The entry in a row of `entries_where`."""
    record = SellerRecord(row["due"] or 0, row["late"] or 0, row["claimed"] or 0)
    return Entry(StockedOffer(offer_of(row), stock_of(row), row["seller_is_active"]), row["created_at"], record)


def box_of(row: Any) -> BuyBox:
    """The box in a row of its table."""
    comparison = Comparison(row["product_id"], row["grade"], row["market"], row["price_country"], row["currency"])
    return BuyBox(row["id"], comparison, row["version"], row["winner_offer_id"], row["basis"], row["decided_at"])


def contender_of(stored: Mapping[str, Any]) -> Contender:
    """A contender from a decision's JSON."""
    named = {name: stored[name] for name in Contender._fields}
    return Contender._make(
        {
            **named,
            "offer_id": Id(named["offer_id"]),
            "seller_id": Id(named["seller_id"]),
            "opened_at": datetime.fromisoformat(named["opened_at"]),
        }.values()
    )


def _stored(one: Scored) -> dict[str, Any]:
    contender = one.contender
    return contender._asdict() | {
        "offer_id": str(contender.offer_id),
        "seller_id": str(contender.seller_id),
        "opened_at": contender.opened_at.isoformat(),
        "score": one.score,
    }
