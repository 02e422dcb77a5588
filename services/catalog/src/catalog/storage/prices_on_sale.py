"""What products cost at the moment, for the guard of first prices: one read for all new SKUs of a push."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.price_bounds import PriceOnSale
from chassis.db.session import session_of
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

# Six offers say what a thing costs; of a product that hundreds sell, a push does not read them all (0.06 ms a product on the
# machine of the bench). The middle price: one offer whose absurd price was confirmed does not move it.
_ON_SALE = text(
    "select p.id, seen.grade, seen.currency, percentile_disc(0.5) within group (order by seen.price_minor) "
    "from unnest(cast(:ids as uuid[])) as p(id) cross join lateral ("
    "select o.grade, o.currency, o.price_minor from offers o join stock st on st.offer_id = o.id "
    "join sellers s on s.id = o.seller_id "
    "where o.product_id = p.id and not o.paused and st.available > 0 and s.state = 'active' limit 6"
    ") seen group by p.id, seen.grade, seen.currency"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))


async def prices_on_sale(connection: AsyncConnection, ids: Collection[Id]) -> Mapping[Id, list[PriceOnSale]]:
    """By product, a price for each grade and currency in which somebody sells it; products that nobody sells are left out."""
    session = session_of(connection)
    # What this transaction has not written yet is as old as the request: nobody could hold a price against it.
    ask = session.peek if session is not None else connection.execute
    found: dict[Id, list[PriceOnSale]] = {}
    rows: Sequence[Any] = (await ask(_ON_SALE, {"ids": list(ids)})).all()
    for product_id, grade, currency, minor in rows:
        found.setdefault(product_id, []).append(PriceOnSale(grade, Money(minor, currency)))
    return found
