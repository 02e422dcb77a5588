"""Offers as they were read or written, remembered by version.

Who reads thousands of them again asks only which version holds, and reads what is not known: what an offer says changes under
a new version, and what its product says under a new number of its facts, so what is remembered of both stays right.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import Offer
from catalog.domain.product import Category, Product, described
from catalog.storage.rows import attributes_of, prices_of
from catalog.storage.term_columns import READ, terms_read
from chassis.db.session import session_of
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

# The first columns of whoever reads offers, to be given to `offers_named`.
NAMED = "o.id, o.version, o.product_id, o.product_facts"
_READ = text(
    f"select {NAMED}, o.seller_id, o.sku, o.grade, o.price_minor, o.currency, o.prices::text, o.vat_regime, o.ship_from, "
    "o.warranty_months, o.battery_health_percent, o.dispatch_business_days, o.shipping_fee_minor, o.shipping_fee_currency, "
    f"o.markets, o.paused, {READ} from offers o where o.id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))
_PRODUCTS = text(
    "select id, facts, brand, model, category, storage, ram, color, launch_year, gtin, mpn, attributes::text "
    "from products where id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))

# About half a kilobyte each.
_OFFERS_KEPT_MAX = 50_000
_PRODUCTS_KEPT_MAX = 20_000
_Facts = tuple[Id, int]
_offers_known: dict[Id, Offer] = {}
_products_read: dict[_Facts, Product] = {}


async def offers_named(connection: AsyncConnection, rows: Sequence[Any]) -> list[Offer]:
    """The offers of these rows, which begin with the columns of NAMED, in their order."""
    found = [_known(*row[:4]) for row in rows]
    missing = [row[0] for row, offer in zip(rows, found, strict=True) if offer is None]
    if not missing:
        return [offer for offer in found if offer is not None]
    read = {offer.id: offer for offer in await _read(connection, missing)}
    remember_offers(connection, read.values())
    return [read[row[0]] if offer is None else offer for row, offer in zip(rows, found, strict=True)]


def _known(id: Id, version: int, product_id: Id, facts: int) -> Offer | None:
    offer = _offers_known.get(id)
    if offer is None or offer.version != version or offer.product.facts != facts or offer.product.id != product_id:
        return None
    return offer


def remember_offers(connection: AsyncConnection, stored: Collection[Offer]) -> None:
    """What was read or written, once it is certain: a transaction may see what never comes true."""
    session = session_of(connection)
    if session is not None:
        session.after_commit(lambda: _keep(stored))


def _keep(stored: Collection[Offer]) -> None:
    if len(_offers_known) + len(stored) > _OFFERS_KEPT_MAX:
        _offers_known.clear()
    _offers_known.update((offer.id, offer) for offer in stored)


async def _read(connection: AsyncConnection, ids: Collection[Id]) -> list[Offer]:
    rows = await _ask(connection, _READ, ids)
    products = await _products(connection, {(row[2], row[3]) for row in rows})
    # A feed repeats the same few lists of markets and fees thousands of times.
    markets_of: dict[tuple[str, ...], tuple[str, ...]] = {}
    fees: dict[tuple[int, str], Money] = {}
    found = []
    # By position: named access to a row takes several times what is decided about it.
    for (
        id, version, product_id, facts, seller_id, sku, grade, price_minor, currency, prices, vat_regime, ship_from,
        warranty_months, battery_health_percent, dispatch_business_days, fee_minor, fee_currency, markets, paused, *more,
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
        found.append(offer)
    return found


async def _products(connection: AsyncConnection, wanted: Collection[_Facts]) -> Mapping[_Facts, Product]:
    missing = [one for one in wanted if one not in _products_read]
    if not missing:
        return _products_read
    if len(_products_read) + len(missing) > _PRODUCTS_KEPT_MAX:
        _products_read.clear()
        missing = list(wanted)
    # Offers name only products that are stored.
    rows = await _ask(connection, _PRODUCTS, [id for id, _ in missing])
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


async def _ask(connection: AsyncConnection, statement: Any, ids: Collection[Id]) -> Sequence[Any]:
    session = session_of(connection)
    # Whoever asks which version holds has sent what was pending.
    ask = session.peek if session is not None else connection.execute
    return (await ask(statement, {"ids": list(ids)})).all()
