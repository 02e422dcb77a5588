"""Reads for moderation: what waits for an operator, and who might be whose double."""

from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.product import Category, Product, ProductState
from catalog.storage.products import product_in
from catalog.use_cases.ports_products import ConflictView, LikelyDouble, NumberKind, ProductView
from chassis.kernel.ids import Id

DOUBLES_MAX = 20
# Two storage sizes of one phone are alike, too; what is below this is hardly ever the same thing.
LIKENESS_LEAST = 0.6

_VIEWS = text("""
select p.*, o.offers, o.sellers, c.conflicts from products p
cross join lateral (
    select count(*) as offers, count(distinct seller_id) as sellers from offers where product_id = p.id
) o
cross join lateral (
    select count(*) as conflicts from product_conflicts where product_id = p.id and settled_at is null
) c
where p.id = any(:ids) order by p.id
""").bindparams(bindparam("ids", type_=ARRAY(UUID)))
_WAITING = text("""
select id from products p where (cast(:after as uuid) is null or id > :after)
and (cast(:category as text) is null or category = :category)
and (cast(:words as text) is null or title ilike :words or gtin = :q or mpn = :q)
and case when cast(:state as text) is not null then state = :state else state = 'unreviewed' or exists (
    select 1 from product_conflicts where product_id = p.id and settled_at is null
) end
order by id limit :limit
""")
_DOUBLES = text(
    """
select p.*, p.gtin_key = :gtin_key as same_gtin, p.mpn_key = :mpn_key as same_mpn,
    round(similarity(p.title, :title) * 100)::int as alike
from products p where p.state <> 'merged' and p.id <> :id and (
    p.gtin_key = :gtin_key or p.mpn_key = :mpn_key
    or (p.title % :title and p.category = :category and similarity(p.title, :title) >= :least)
)
order by coalesce(p.gtin_key = :gtin_key, false) desc, coalesce(p.mpn_key = :mpn_key, false) desc, alike desc, p.id
limit :limit
"""
)
_CONFLICTS = text(
    """
select c.product_id, c.other_id, p.title as other_title, c.kind, c.value, c.seller_id, c.sku, c.noticed_at
from product_conflicts c join products p on p.id = c.other_id
where c.product_id = :id and c.settled_at is null order by c.noticed_at, c.other_id
"""
)


class ProductQueries:
    """See the port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def waiting(
        self, state: ProductState | None, category: Category | None, q: str | None, after: Id | None, limit: int
    ) -> list[ProductView]:
        """Products in id order: those in a state, or all that an operator should look at."""
        words = None if q is None else f"%{_escaped(q)}%"
        values = {"state": state, "category": category, "q": q, "words": words, "after": after, "limit": limit}
        async with self._engine.connect() as connection:
            ids = list((await connection.execute(_WAITING, values)).scalars())
            rows = (await connection.execute(_VIEWS, {"ids": ids})).mappings().all()
        return [_view(row) for row in rows]

    async def one(self, id: Id) -> ProductView | None:
        """One product."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_VIEWS, {"ids": [id]})).mappings().first()
        return _view(row) if row else None

    async def likely_doubles(self, product: Product) -> list[LikelyDouble]:
        """Those with an equal number first, then the most alike of the same category."""
        spec = product.spec
        values = {
            "id": product.id,
            "gtin_key": spec.gtin_key,
            "mpn_key": spec.mpn_key,
            "title": spec.title,
            "category": spec.category,
            "least": LIKENESS_LEAST,
            "limit": DOUBLES_MAX,
        }
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_DOUBLES, values)).mappings().all()
        named: tuple[tuple[NumberKind, str], ...] = (("gtin", "same_gtin"), ("mpn", "same_mpn"))
        return [LikelyDouble(product_in(row), tuple(n for n, c in named if row[c]), row["alike"]) for row in rows]

    async def conflicts(self, id: Id) -> list[ConflictView]:
        """The open conflicts of a product."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_CONFLICTS, {"id": id})).mappings().all()
        return [ConflictView(**row) for row in rows]


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _view(row: Any) -> ProductView:
    return ProductView(product_in(row), row["created_at"], row["offers"], row["sellers"], row["conflicts"])
