"""All offers of a seller for a table: page by page in the order of their SKUs."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.tables import offers, stock, stock_movements
from catalog.use_cases.ports_imports import ExportedOffer
from chassis.kernel.ids import Id

# Whoever answers a page answers nobody else meanwhile.
_PAGE = 250
_SOLD_SINCE = (
    select(
        func.coalesce(
            func.sum(
                case((stock_movements.c.kind == "sold", stock_movements.c.quantity), else_=-stock_movements.c.quantity)
            ),
            0,
        )
    )
    .where(
        stock_movements.c.offer_id == offers.c.id,
        stock_movements.c.kind.in_([literal_column("'sold'"), literal_column("'returned'")]),
        stock_movements.c.at >= stock.c.as_of,
    )
    .scalar_subquery()
)
# A line after the count may have left the count alone; what was sold between the two is in neither figure of a table that
# names one instant.
_SOLD_BETWEEN = case((and_(stock.c.sold > 0, stock.c.counted_at < stock.c.as_of), stock.c.sold - _SOLD_SINCE), else_=0)


class OfferExport:
    """Short reads, one page in memory at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def countries(self, seller_id: Id) -> Sequence[str]:
        """Countries for which some offer of the seller has a price of its own."""
        keys = func.jsonb_object_keys(offers.c.prices).label("country")
        statement = select(keys).where(offers.c.seller_id == seller_id).distinct().order_by("country")
        async with self._engine.connect() as connection:
            return list((await connection.execute(statement)).scalars().all())

    async def pages(self, seller_id: Id) -> AsyncIterator[Sequence[ExportedOffer]]:
        """Everything the seller has, paused and sold out offers too."""
        after = ""
        while True:
            statement = (
                stocked_offers(_SOLD_BETWEEN.label("sold_between"))
                .where(offers.c.seller_id == seller_id, offers.c.sku_key > after)
                .order_by(offers.c.sku_key)
                .limit(_PAGE)
            )
            async with self._engine.connect() as connection:
                rows = (await connection.execute(statement)).mappings().all()
            if rows:
                yield [
                    ExportedOffer(offer_of(row), stock_of(row), row["updated_at"], int(row["sold_between"]))
                    for row in rows
                ]
            if len(rows) < _PAGE:
                return
            after = rows[-1]["sku_key"]
