"""Where sellers want their devices back: row ↔ value."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.domain.return_place import ReturnPlace, ReturnPlaces
from aftersales.storage.tables_sellers import return_places
from chassis.kernel.ids import Id


class SellerRecords:
    """One row a seller; the newest version wins, whatever order the answers come in."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, seller_id: Id) -> ReturnPlaces | None:
        """What was told last, or None."""
        statement = select(return_places).where(return_places.c.seller_id == seller_id)
        row = (await self._connection.execute(statement)).first()
        if row is None:
            return None
        usual = ReturnPlace(**row.usual) if row.usual else None
        return ReturnPlaces(
            seller_id, row.version, usual, {country: ReturnPlace(**one) for country, one in row.by_country.items()}
        )

    async def keep(self, places: ReturnPlaces) -> None:
        """Unless something newer is there."""
        values = {
            "version": places.version,
            "usual": asdict(places.usual) if places.usual else None,
            "by_country": {country: asdict(one) for country, one in places.by_country.items()},
        }
        statement = insert(return_places).values(seller_id=places.seller_id, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[return_places.c.seller_id],
                set_=values,
                where=return_places.c.version <= places.version,
            )
        )
