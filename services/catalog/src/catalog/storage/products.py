"""Products in PostgreSQL."""

from collections.abc import Collection

from sqlalchemy import bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.product import Product, ProductSpec
from catalog.storage.rows import product_of, product_row
from catalog.storage.tables import products

# Whoever describes a product first, wins; the others find it. Rows in key order, so that two batches cannot deadlock.
_ADD = text(
    "insert into products (id, key, gtin, brand, model, category, storage, ram, color, launch_year, title) "
    "select id, key, gtin, brand, model, category, storage, ram, color, launch_year, title "
    "from jsonb_populate_recordset(null::products, :rows) order by key on conflict do nothing"
).bindparams(bindparam("rows", type_=JSONB))


class ProductRepository:
    """Finds and adds products for a whole batch at once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def matching(self, specs: Collection[ProductSpec]) -> list[Product]:
        """Those that have the key or the GTIN of one of these descriptions."""
        keys = products.c.key == text("any(:keys)").bindparams(keys=[spec.key for spec in specs])
        gtins = products.c.gtin == text("any(:gtins)").bindparams(gtins=[spec.gtin for spec in specs if spec.gtin])
        rows = await self._connection.execute(select(products).where(or_(keys, gtins)))
        return [Product(row["id"], product_of(row)) for row in rows.mappings().all()]

    async def add(self, new: Collection[Product]) -> list[Product]:
        """Insert what is new, and give back what is stored under these descriptions."""
        await self._connection.execute(_ADD, {"rows": [product_row(product) for product in new]})
        return await self.matching([product.spec for product in new])
