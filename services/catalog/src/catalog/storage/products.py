"""Products in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.errors import ProductNotFound
from catalog.domain.product import Evidence, EvidenceKind, Product, ProductSpec, ProductState, Recognised
from catalog.domain.push import Conflict
from catalog.storage.rows import product_of, product_row
from chassis.db.rows import as_json
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id

# Whoever describes a product first, wins; the others find it. Rows in key order, so that two batches cannot deadlock.
_ADD = text(
    "insert into products (id, version, state, key, gtin, mpn, mpn_key, brand, model, category, storage, ram, color, "
    "launch_year, title, attributes) "
    "select id, version, state, key, gtin, mpn, mpn_key, brand, model, category, storage, ram, color, launch_year, title, "
    "attributes from jsonb_populate_recordset(null::products, :rows) order by key on conflict do nothing"
).bindparams(bindparam("rows", type_=JSONB))
# A merged product's own description means its survivor, and so does what any of them was called before.
_MATCHING = text(
    "select named.kind, named.value, p.* from ("
    "select 'gtin' as kind, gtin_key as value, coalesce(merged_into, id) as product_id from products where gtin_key = any(:gtin) "
    "union all select 'mpn', mpn_key, coalesce(merged_into, id) from products where mpn_key = any(:mpn) "
    "union all select 'key', key, coalesce(merged_into, id) from products where key = any(:key) "
    "union all select kind, value, product_id from product_names where kind = 'gtin' and value = any(:gtin) "
    "union all select kind, value, product_id from product_names where kind = 'mpn' and value = any(:mpn) "
    "union all select kind, value, product_id from product_names where kind = 'key' and value = any(:key)"
    ") named join products p on p.id = named.product_id order by p.id for key share of p"
).bindparams(*(bindparam(kind.value, type_=ARRAY(TEXT)) for kind in EvidenceKind))
_NOTE_CONFLICTS = text(
    "insert into product_conflicts (product_id, other_id, kind, value, seller_id, sku, noticed_at) "
    "select c.product_id, c.other_id, c.kind, c.value, c.seller_id, c.sku, c.noticed_at "
    "from jsonb_populate_recordset(null::product_conflicts, cast(:rows as jsonb)) c "
    # A product that was new in a refused line was never stored.
    "join products a on a.id = c.product_id join products b on b.id = c.other_id "
    "order by c.product_id, c.other_id on conflict do nothing"
)
_IDS = bindparam("ids", type_=ARRAY(UUID))
# In the order in which pushes and orders lock: stock by offer, then what they name.
_LOCK_STOCK = text(
    "select 1 from stock st join offers o on o.id = st.offer_id where o.product_id = any(:ids) order by o.id for update of st"
).bindparams(_IDS)
_FIND = text("select * from products where id = :id")
_LOCK = text("select * from products where id = any(:ids) order by id for update").bindparams(_IDS)
_SAVE = text(
    "update products set version = :version, state = :state, merged_into = :merged_into where id = :id and version = :was"
)
_SAVE_FACTS = text(
    "update products p set version = r.version, state = r.state, facts = :facts, key = r.key, gtin = r.gtin, mpn = r.mpn, "
    "mpn_key = r.mpn_key, brand = r.brand, model = r.model, category = r.category, storage = r.storage, ram = r.ram, "
    "color = r.color, launch_year = r.launch_year, title = r.title, attributes = r.attributes "
    "from jsonb_populate_record(null::products, :row) r where p.id = r.id and p.version = :was"
).bindparams(bindparam("row", type_=JSONB))
_KEEP_NAMES = text(
    "insert into product_names (kind, value, product_id) select kind, value, :id "
    "from unnest(cast(:kinds as text[]), cast(:values as text[])) as v(kind, value) on conflict do nothing"
).bindparams(bindparam("kinds", type_=ARRAY(TEXT)), bindparam("values", type_=ARRAY(TEXT)))
_COPY_TO_OFFERS = text(
    "update offers o set product_id = p.id, category = p.category, brand = p.brand, storage = p.storage, "
    "product_facts = p.facts, version = o.version + 1 from products p where o.product_id = :id and p.id = :into"
)
_TOUCH_STOCK = text(
    "update stock st set updated_at = :now from offers o where o.id = st.offer_id and o.product_id = :id"
)
_FOLLOW_SURVIVOR = (
    text("update products set merged_into = :into where merged_into = :id"),
    text("update product_names set product_id = :into where product_id = :id"),
)
_SETTLE_CONFLICTS = text(
    "update product_conflicts set settled_at = :now "
    "where settled_at is null and (product_id = :id or (other_id = :id and :also_as_other))"
)


class ProductRepository:
    """Finds and adds products for a whole batch at once; changes them one by one."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def matching(self, specs: Collection[ProductSpec]) -> list[Recognised]:
        """Those that any evidence in these descriptions names; they stay what they are until the commit."""
        asked: dict[str, set[str]] = {kind.value: set() for kind in EvidenceKind}
        for spec in specs:
            for kind, value in spec.evidence():
                asked[kind.value].add(value)
        rows = await self._connection.execute(_MATCHING, {kind: sorted(values) for kind, values in asked.items()})
        return [
            Recognised(Evidence(EvidenceKind(row["kind"]), row["value"]), product_in(row))
            for row in rows.mappings().all()
        ]

    async def add(self, new: Collection[Product]) -> list[Recognised]:
        """Insert what is new, and give back what is stored under these descriptions."""
        await self._connection.execute(_ADD, {"rows": [product_row(product) for product in new]})
        return await self.matching([product.spec for product in new])

    async def note_conflicts(self, conflicts: Collection[Conflict], seller_id: Id, now: datetime) -> None:
        """Keep them for an operator."""
        rows = [
            {
                "product_id": one.product_id,
                "other_id": one.other_id,
                "kind": one.evidence.kind.value,
                "value": one.evidence.value,
                "seller_id": seller_id,
                "sku": one.sku,
                "noticed_at": now,
            }
            for one in conflicts
        ]
        await self._connection.execute(_NOTE_CONFLICTS, {"rows": as_json(rows)})

    async def find(self, id: Id) -> Product | None:
        """One product, without a lock."""
        row = (await self._connection.execute(_FIND, {"id": id})).mappings().first()
        return product_in(row) if row else None

    async def locked(self, ids: Collection[Id]) -> list[Product]:
        """These products in id order, locked together with the stock of their offers."""
        await self._connection.execute(_LOCK_STOCK, {"ids": list(ids)})
        rows = (await self._connection.execute(_LOCK, {"ids": list(ids)})).mappings().all()
        found = [product_in(row) for row in rows]
        missing = set(ids) - {one.id for one in found}
        if missing:
            raise ProductNotFound(id=str(min(missing)))
        return found

    async def save(self, product: Product, now: datetime) -> None:
        """Store a confirmation: whatever spoke against the product was looked at."""
        await self._save_state(product)
        await self._settle_conflicts(product.id, now, also_as_other=False)

    async def save_facts(self, product: Product, before: Product, now: datetime) -> None:
        """Store corrected facts, for the product and for all its offers."""
        row = {**product_row(product)}
        values = {"row": row, "facts": product.facts, "was": before.version}
        result = await self._connection.execute(_SAVE_FACTS, values)
        if result.rowcount != 1:
            raise StaleVersion(id=str(product.id))
        names = [one for one in before.spec.evidence() if one not in set(product.spec.evidence())]
        await self._keep_names(product.id, names)
        await self._move_offers(product.id, product.id, now)
        await self._settle_conflicts(product.id, now, also_as_other=False)

    async def save_merged(self, product: Product, now: datetime) -> int:
        """Store the merge; offers and names are the survivor's from now on."""
        assert product.merged_into is not None, "a merged product has a survivor"
        await self._save_state(product)
        for statement in _FOLLOW_SURVIVOR:
            await self._connection.execute(statement, {"id": product.id, "into": product.merged_into})
        await self._settle_conflicts(product.id, now, also_as_other=True)
        return await self._move_offers(product.id, product.merged_into, now)

    async def _save_state(self, product: Product) -> None:
        values = {
            "id": product.id,
            "version": product.version,
            "was": product.version - 1,
            "state": product.state.value,
            "merged_into": product.merged_into,
        }
        result = await self._connection.execute(_SAVE, values)
        if result.rowcount != 1:
            raise StaleVersion(id=str(product.id))

    async def _keep_names(self, id: Id, names: Collection[Evidence]) -> None:
        values = {"kinds": [one.kind.value for one in names], "values": [one.value for one in names]}
        await self._connection.execute(_KEEP_NAMES, {"id": id, **values})

    async def _move_offers(self, id: Id, into: Id, now: datetime) -> int:
        # A seller that asks what changed since then finds its offers under their new facts.
        await self._connection.execute(_TOUCH_STOCK, {"id": id, "now": now})
        return (await self._connection.execute(_COPY_TO_OFFERS, {"id": id, "into": into})).rowcount

    async def _settle_conflicts(self, id: Id, now: datetime, *, also_as_other: bool) -> None:
        values = {"id": id, "now": now, "also_as_other": also_as_other}
        await self._connection.execute(_SETTLE_CONFLICTS, values)


def product_in(row: Any) -> Product:
    """The product in a row of its table."""
    return Product(
        row["id"],
        product_of(row),
        version=row["version"],
        state=ProductState(row["state"]),
        facts=row["facts"],
        merged_into=row["merged_into"],
    )
