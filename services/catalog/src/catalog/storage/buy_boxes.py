"""Buy boxes in PostgreSQL: however many products changed, a handful of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, INTEGER, TEXT, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.boxes import BuyBox
from catalog.domain.buy_box import Contender, Scored
from catalog.domain.comparisons import Comparison, Decision, Entry
from catalog.domain.offer import StockedOffer
from catalog.domain.seller import SellerState
from catalog.domain.seller_record import SellerRecord
from catalog.domain.stock import Stock
from catalog.storage.known_offers import NAMED, offers_named
from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.tables import offers, sellers
from catalog.storage.tables_buy_box import seller_records
from chassis.db.rows import as_json
from chassis.kernel.ids import Id

# Marks looked at to find some that name the same products.
_MARKS_AT_ONCE = 50
# A decision keeps so many of its contenders; no one behind them comes near the box.
CONTENDERS_KEPT = 100

# One copy decides at a time: two would number the decisions of one box twice.
_ALONE = text("select pg_try_advisory_xact_lock(hashtextextended('catalog.buy_box', 0))")
_MARKED = text("select n, product_ids from buy_box_marks order by n limit :most").bindparams(most=_MARKS_AT_ONCE)
_TAKE = text("delete from buy_box_marks where n = any(:taken)").bindparams(bindparam("taken", type_=ARRAY(BIGINT)))
_ENTRIES = text(
    f"select {NAMED}, o.created_at, s.state, r.due, r.late, r.claimed, "
    "st.counted, st.counted_at, st.as_of, st.available, st.held, st.sold, st.shortage "
    "from offers o join stock st on st.offer_id = o.id join sellers s on s.id = o.seller_id "
    "left join seller_records r on r.seller_id = o.seller_id where o.product_id = any(:products)"
).bindparams(bindparam("products", type_=ARRAY(UUID)))
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
    "insert into buy_box_decisions (box_id, version, formula, decided_at, winner_offer_id, contenders, contenders_in_all) "
    "select v.box_id, b.version, v.formula, b.decided_at, b.winner_offer_id, v.contenders::jsonb, v.contenders_in_all "
    "from unnest(cast(:boxes as uuid[]), cast(:formulas as int[]), cast(:contenders as text[]), cast(:in_all as int[])) "
    "as v(box_id, formula, contenders, contenders_in_all) join buy_boxes b on b.id = v.box_id"
).bindparams(
    bindparam("boxes", type_=ARRAY(UUID)),
    bindparam("contenders", type_=ARRAY(TEXT)),
    *(bindparam(name, type_=ARRAY(INTEGER)) for name in ("formulas", "in_all")),
)
_RECORD = (seller_records.c.due, seller_records.c.late, seller_records.c.claimed)


class BuyBoxRepository:
    """Inside the transaction of whoever decides."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_marked(self, most: int) -> list[Id]:
        """Products that changed; none while another copy decides."""
        if not (await self._connection.execute(_ALONE)).scalar_one():
            return []
        products: set[Id] = set()
        taken: list[int] = []
        for n, named in (await self._connection.execute(_MARKED)).all():
            # The oldest mark always; of later ones those that fit, which often name the same products again.
            if not taken or len(products.union(named)) <= most:
                products.update(named)
                taken.append(n)
        if taken:
            await self._connection.execute(_TAKE, {"taken": taken})
        return sorted(products)

    async def entries(self, product_ids: Collection[Id]) -> list[Entry]:
        """Every offer of these products."""
        rows = (await self._connection.execute(_ENTRIES, {"products": list(product_ids)})).all()
        return [
            Entry(
                StockedOffer(offer, Stock(id, *figures), state == SellerState.ACTIVE),
                opened_at,
                _record(due, late, claimed),
            )
            for offer, (id, _, _, _, opened_at, state, due, late, claimed, *figures) in zip(
                await offers_named(self._connection, rows), rows, strict=True
            )
        ]

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
        decisions = {
            "boxes": [box.id for box, _ in decided],
            "formulas": [decision.formula for _, decision in decided],
            "contenders": [f"[{','.join(map(_stored, one.ranking[:CONTENDERS_KEPT]))}]" for _, one in decided],
            "in_all": [len(decision.ranking) for _, decision in decided],
        }
        await self._connection.execute(_ADD, decisions)


def entries_where() -> Select[Any]:
    """Offers with their stock, their seller's state and its record; the caller says which."""
    return (
        stocked_offers((sellers.c.state == SellerState.ACTIVE.value).label("seller_is_active"), *_RECORD)
        .join(sellers, sellers.c.id == offers.c.seller_id)
        .outerjoin(seller_records, seller_records.c.seller_id == offers.c.seller_id)
    )


def entry_of(row: Any) -> Entry:
    """The entry in a row of `entries_where`."""
    stocked = StockedOffer(offer_of(row), stock_of(row), row["seller_is_active"])
    return Entry(stocked, row["created_at"], _record(row["due"], row["late"], row["claimed"]))


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


def _record(due: int | None, late: int | None, claimed: int | None) -> SellerRecord:
    return SellerRecord(due or 0, late or 0, claimed or 0)


# As JSON: what is no number stands in quotes.
_STORED = ",".join(
    f'"{name}":"{{}}"' if name in ("offer_id", "seller_id", "opened_at") else f'"{name}":{{}}'
    for name in (*Contender._fields, "score")
)


def _stored(one: Scored) -> str:
    offer_id, seller_id, opened_at, *figures = one.contender
    return f"{{{_STORED.format(offer_id, seller_id, opened_at.isoformat(), *figures, one.score)}}}"
