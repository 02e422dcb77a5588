"""The offers a push is about, read from PostgreSQL by position.

Thousands of lines come at once, so what a line costs counts: named access to a row and a compiled result for each of them
take several times what the decision about the line takes.
"""

import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.product import Category, Product, described
from catalog.domain.stock import Stock
from catalog.storage.rows import attributes_of, prices_of
from catalog.storage.term_columns import READ, terms_read
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

_COLUMNS = (
    "o.seller_id, o.id, o.version, o.sku, o.product_id, o.product_facts, o.grade, o.price_minor, o.currency, o.prices::text, "
    "o.vat_regime, o.ship_from, o.warranty_months, o.battery_health_percent, o.dispatch_business_days, "
    "o.shipping_fee_minor, o.shipping_fee_currency, o.markets, o.paused, st.counted, st.counted_at, st.as_of, "
    "st.available, st.held, st.sold, st.shortage, "
    f"{READ}"
)
# Always in id order, so that two transactions never wait for each other in a circle.
_LOCKED = "order by o.id for update of st"
_READ = text(
    f"select {_COLUMNS} from offers o join stock st on st.offer_id = o.id "
    f"where o.seller_id = :seller_id and o.sku_key = any(:keys) {_LOCKED}"
).bindparams(bindparam("seller_id", type_=UUID), bindparam("keys", type_=ARRAY(TEXT)))
_READ_OF_MANY = text(
    f"select {_COLUMNS} from unnest(cast(:sellers as uuid[]), cast(:keys as text[])) as v(seller_id, sku_key) "
    f"join offers o on o.seller_id = v.seller_id and o.sku_key = v.sku_key join stock st on st.offer_id = o.id {_LOCKED}"
).bindparams(bindparam("sellers", type_=ARRAY(UUID)), bindparam("keys", type_=ARRAY(TEXT)))
_PRODUCTS = text(
    "select id, facts, brand, model, category, storage, ram, color, launch_year, gtin, mpn, attributes::text "
    "from products where id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))

# A product's facts change under a new number only, so what was read of one stays right. A few hundred bytes each.
_PRODUCTS_KEPT_MAX = 20_000
_Facts = tuple[Id, int]
_products_read: dict[_Facts, Product] = {}

# Whether this transaction remembers what pushes read.
_REMEMBERED = "offers of pushes are remembered"
_UNREAD = object()


async def read_for_push(connection: AsyncConnection, seller_id: Id, sku_keys: Collection[str]) -> list[StockedOffer]:
    """A seller's offers of these SKUs, their stock locked."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        known = [_recall(session, seller_id, key) for key in sku_keys]
        if _UNREAD not in known:
            return [one for one in known if one is not None]
    rows = (await connection.execute(_READ, {"seller_id": seller_id, "keys": list(sku_keys)})).all()
    return await _stocked(connection, rows)


async def read_pushed_ahead(session: Session, wanted: Collection[tuple[Id, str]]) -> None:
    """For pushes of a few lines each: their offers by seller and SKU, all locked in one order."""
    sellers, keys = [seller for seller, _ in wanted], [key for _, key in wanted]
    rows = (await session.execute(_READ_OF_MANY, {"sellers": sellers, "keys": keys})).all()
    found = {(one.offer.seller_id, one.offer.sku.casefold()): one for one in await _stocked(session, rows)}
    session.remember(_REMEMBERED, True)
    for name in wanted:
        stocked = found.get(name)
        session.remember(_terms(*name), stocked.offer if stocked else None)
        if stocked:
            session.remember(_figures(stocked.offer.id), stocked.stock)


def note_terms(connection: AsyncConnection, written: Iterable[Offer]) -> None:
    """The next push of this transaction finds these."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        for offer in written:
            session.remember(_terms(offer.seller_id, offer.sku.casefold()), offer)


def note_figures(connection: AsyncConnection, written: Iterable[Stock]) -> None:
    """The next push of this transaction finds these."""
    session = session_of(connection)
    if session is not None and session.recall(_REMEMBERED, False):
        for stock in written:
            session.remember(_figures(stock.offer_id), stock)


def _recall(session: Session, seller_id: Id, sku_key: str) -> Any:
    offer: Any = session.recall(_terms(seller_id, sku_key), _UNREAD)
    if offer is None or offer is _UNREAD:
        return offer
    stock: Any = session.recall(_figures(offer.id), _UNREAD)
    return _UNREAD if stock is _UNREAD else StockedOffer(offer, stock)


def _terms(seller_id: Id, sku_key: str) -> Hashable:
    return "terms", seller_id, sku_key


def _figures(offer_id: Id) -> Hashable:
    return "figures", offer_id


async def _stocked(connection: AsyncConnection, rows: Sequence[Any]) -> list[StockedOffer]:
    products = await _products(connection, {(row[4], row[5]) for row in rows})
    # A feed repeats the same few lists of markets and fees thousands of times.
    markets_of: dict[tuple[str, ...], tuple[str, ...]] = {}
    fees: dict[tuple[int, str], Money] = {}
    found = []
    for (
        seller_id, id, version, sku, product_id, facts, grade, price_minor, currency, prices, vat_regime, ship_from,
        warranty_months, battery_health_percent, dispatch_business_days, fee_minor, fee_currency, markets, paused,
        counted, counted_at, as_of, available, held, sold, shortage, *more,
    ) in rows:  # fmt: skip
        named = tuple(markets)
        fee = (fee_minor, fee_currency)
        price, own_prices = Money(price_minor, currency), prices_of(prices)
        offer = Offer(
            id,
            version,
            seller_id,
            sku,
            products[product_id, facts],
            grade,
            price,
            vat_regime,
            ship_from,
            warranty_months,
            dispatch_business_days,
            fees.get(fee) or fees.setdefault(fee, Money(*fee)),
            markets_of.setdefault(named, named),
            own_prices,
            battery_health_percent,
            paused,
            terms_read(more, price, own_prices),
        )
        found.append(StockedOffer(offer, Stock(id, counted, counted_at, as_of, available, held, sold, shortage)))
    return found


async def _products(connection: AsyncConnection, wanted: Collection[_Facts]) -> Mapping[_Facts, Product]:
    missing = [one for one in wanted if one not in _products_read]
    if not missing:
        return _products_read
    if len(_products_read) + len(missing) > _PRODUCTS_KEPT_MAX:
        _products_read.clear()
        missing = list(wanted)
    # Offers name only products that are stored.
    session = session_of(connection)
    ask = session.peek if session is not None else connection.execute
    rows: Sequence[Any] = (await ask(_PRODUCTS, {"ids": [id for id, _ in missing]})).all()
    for id, facts, brand, model, category, storage, ram, color, launch_year, gtin, mpn, attributes in rows:
        said = attributes_of(json.loads(attributes)) if attributes != "{}" else ()
        spec = described(brand, model, Category(category), storage, ram, color, launch_year, gtin, mpn, said)
        _products_read[id, facts] = Product(id, spec, facts=facts)
    corrected = [one for one in missing if one not in _products_read]
    if not corrected:
        return _products_read
    # The correction was made while this read waited for the stock: what was read of the offer is a moment older.
    latest = {row[0]: _products_read[row[0], row[1]] for row in rows}
    return {
        **{one: _products_read[one] for one in wanted if one in _products_read},
        **{one: latest[one[0]] for one in corrected},
    }
