"""The buy box read: an offer with its rivals, the box, and what was decided before."""

from sqlalchemy import and_, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.boxes import BuyBox
from catalog.domain.comparisons import ALL_OTHER_COUNTRIES, Comparison, Entry
from catalog.storage.buy_boxes import box_of, contender_of, entries_where, entry_of
from catalog.storage.tables import offers
from catalog.storage.tables_buy_box import buy_box_decisions, buy_boxes
from catalog.use_cases.ports_buy_box import StoredDecision
from chassis.db.engine import reading
from chassis.kernel.ids import Id

_ASKED = offers.alias("asked")
_RIVALS = entries_where().join(
    _ASKED,
    and_(
        _ASKED.c.id == text(":offer_id"),
        _ASKED.c.product_id == offers.c.product_id,
        _ASKED.c.grade == offers.c.grade,
    ),
)


class BuyBoxQueries:
    """Each call is one statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def rivals(self, offer_id: Id) -> list[Entry]:
        """Every offer of the same thing, the one asked for included."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(_RIVALS, {"offer_id": offer_id})
            return [entry_of(row) for row in rows.mappings().all()]

    async def box(self, comparison: Comparison) -> BuyBox | None:
        """The country's own box where something is on offer in it, else that of all other countries."""
        statement = (
            select(buy_boxes)
            .where(
                buy_boxes.c.product_id == comparison.product_id,
                buy_boxes.c.grade == comparison.grade,
                buy_boxes.c.market == comparison.market,
                buy_boxes.c.currency == comparison.currency,
                buy_boxes.c.price_country.in_([comparison.price_country, ALL_OTHER_COUNTRIES]),
            )
            # A country's own box without a winner is one that is not used any more.
            .order_by(buy_boxes.c.winner_offer_id.is_(None), buy_boxes.c.price_country.desc())
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement.limit(1))).mappings().first()
        return None if row is None else box_of(row)

    async def decisions(self, box_id: Id, before: int | None, limit: int) -> list[StoredDecision]:
        """The newest first."""
        statement = select(buy_box_decisions).where(buy_box_decisions.c.box_id == box_id)
        if before is not None:
            statement = statement.where(buy_box_decisions.c.version < before)
        statement = statement.order_by(buy_box_decisions.c.version.desc()).limit(limit)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [
            StoredDecision(
                version=row["version"],
                formula=row["formula"],
                decided_at=row["decided_at"],
                winner_offer_id=row["winner_offer_id"],
                contenders=[contender_of(one) for one in row["contenders"]],
                contenders_in_all=row["contenders_in_all"],
            )
            for row in rows
        ]
