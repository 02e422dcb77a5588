"""A seller's batch in PostgreSQL: rows are read by position and written column by column.

Thousands of lines come at once, so what a line costs counts: named access to a row, a compiled result and a JSON
document for each of them take several times what the decision about the line takes.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, BOOLEAN, INTEGER, SMALLINT, TEXT, TIMESTAMP, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.product import Category, Product, ProductSpec
from catalog.domain.stock import Stock
from catalog.storage.rows import prices_of, prices_text
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

# No market's name holds it: names are printable.
_BETWEEN_MARKETS = "\x1f"

_READ = text(
    "select o.id, o.version, o.sku, o.product_id, o.grade, o.price_minor, o.currency, o.prices::text, o.vat_regime, "
    "o.ship_from, o.warranty_months, o.battery_health_percent, o.dispatch_business_days, o.shipping_fee_minor, "
    "o.shipping_fee_currency, o.markets, o.paused, st.counted, st.counted_at, st.as_of, st.available, st.held, st.sold, "
    "st.shortage from offers o join stock st on st.offer_id = o.id "
    "where o.seller_id = :seller_id and o.sku_key = any(:keys) "
    # Always in id order, so that two transactions never wait for each other in a circle.
    "order by o.id for update of st"
).bindparams(bindparam("seller_id", type_=UUID), bindparam("keys", type_=ARRAY(TEXT)))
_PRODUCTS = text(
    "select id, brand, model, category, storage, ram, color, launch_year, gtin from products where id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))

_INSTANT = TIMESTAMP(timezone=True)
_TERMS: dict[str, Any] = {
    "version": INTEGER(),
    "grade": TEXT(),
    "price_minor": BIGINT(),
    "currency": TEXT(),
    "prices": TEXT(),
    "vat_regime": TEXT(),
    "ship_from": TEXT(),
    "warranty_months": SMALLINT(),
    "battery_health_percent": SMALLINT(),
    "dispatch_business_days": SMALLINT(),
    "shipping_fee_minor": BIGINT(),
    "shipping_fee_currency": TEXT(),
    "markets": TEXT(),
    "paused": BOOLEAN(),
}
_FIGURES: dict[str, Any] = {
    "counted": INTEGER(),
    "available": INTEGER(),
    "held": INTEGER(),
    "sold": INTEGER(),
    "shortage": INTEGER(),
    "counted_at": _INSTANT,
    "as_of": _INSTANT,
}


def _columns(key: str, columns: dict[str, Any]) -> str:
    """`unnest` of one array per column, as `v`."""
    arrays = ", ".join(f"cast(:{name} as {_sql(kind)}[])" for name, kind in {key: UUID(), **columns}.items())
    return f"unnest({arrays}) as v({', '.join((key, *columns))})"


def _sql(kind: Any) -> str:
    return "timestamptz" if kind is _INSTANT else str(kind)


_CHANGE_TERMS = text(
    "update offers o set "
    + ", ".join(f"{name} = v.{name}" for name in _TERMS if name not in ("prices", "markets"))
    + f", prices = v.prices::jsonb, markets = string_to_array(v.markets, chr({ord(_BETWEEN_MARKETS)})) "
    + f"from {_columns('id', _TERMS)} where o.id = v.id"
).bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in {"id": UUID(), **_TERMS}.items()))
_CHANGE_FIGURES = text(
    "update stock s set "
    + ", ".join(f"{name} = v.{name}" for name in _FIGURES)
    + f", updated_at = :now from {_columns('offer_id', _FIGURES)} where s.offer_id = v.offer_id"
).bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in {"offer_id": UUID(), **_FIGURES}.items()))


async def read_for_push(connection: AsyncConnection, seller_id: Id, sku_keys: Collection[str]) -> list[StockedOffer]:
    """A seller's offers of these SKUs, their stock locked."""
    rows = (await connection.execute(_READ, {"seller_id": seller_id, "keys": list(sku_keys)})).all()
    products = await _products(connection, {row[3] for row in rows})
    return [
        StockedOffer(
            Offer(
                id=id,
                version=version,
                seller_id=seller_id,
                sku=sku,
                product=products[product_id],
                grade=grade,
                price=Money(price_minor, currency),
                vat_regime=vat_regime,
                ship_from=ship_from,
                warranty_months=warranty_months,
                dispatch_business_days=dispatch_business_days,
                shipping_fee=Money(shipping_fee_minor, shipping_fee_currency),
                markets=tuple(markets),
                prices=prices_of(prices),
                battery_health_percent=battery_health_percent,
                paused=paused,
            ),
            Stock(id, counted, counted_at, as_of, available, held, sold, shortage),
        )
        for (
            id, version, sku, product_id, grade, price_minor, currency, prices, vat_regime, ship_from, warranty_months,
            battery_health_percent, dispatch_business_days, shipping_fee_minor, shipping_fee_currency, markets, paused,
            counted, counted_at, as_of, available, held, sold, shortage,
        ) in rows
    ]  # fmt: skip


async def _products(connection: AsyncConnection, ids: Collection[Id]) -> dict[Id, Product]:
    """Each product once: a feed has many lines of the same one."""
    if not ids:
        return {}
    rows = (await connection.execute(_PRODUCTS, {"ids": list(ids)})).all()
    return {
        id: Product(id, ProductSpec(brand, model, Category(category), storage, ram, color, launch_year, gtin))
        for id, brand, model, category, storage, ram, color, launch_year, gtin in rows
    }


async def change_terms(connection: AsyncConnection, changed: Sequence[Offer]) -> None:
    """Replace the terms of offers that are there."""
    ordered = sorted(changed, key=lambda offer: offer.id)
    await connection.execute(
        _CHANGE_TERMS,
        {
            "id": [one.id for one in ordered],
            "version": [one.version for one in ordered],
            "grade": [one.grade for one in ordered],
            "price_minor": [one.price.minor for one in ordered],
            "currency": [one.price.currency for one in ordered],
            "prices": [prices_text(one.prices) for one in ordered],
            "vat_regime": [one.vat_regime for one in ordered],
            "ship_from": [one.ship_from for one in ordered],
            "warranty_months": [one.warranty_months for one in ordered],
            "battery_health_percent": [one.battery_health_percent for one in ordered],
            "dispatch_business_days": [one.dispatch_business_days for one in ordered],
            "shipping_fee_minor": [one.shipping_fee.minor for one in ordered],
            "shipping_fee_currency": [one.shipping_fee.currency for one in ordered],
            "markets": [_BETWEEN_MARKETS.join(one.markets) for one in ordered],
            "paused": [one.paused for one in ordered],
        },
    )


async def change_figures(connection: AsyncConnection, changed: Sequence[Stock], now: datetime) -> None:
    """Replace the figures of locked stock that is there."""
    ordered = sorted(changed, key=lambda stock: stock.offer_id)
    columns = {name: [getattr(one, name) for one in ordered] for name in _FIGURES}
    await connection.execute(_CHANGE_FIGURES, {"offer_id": [one.offer_id for one in ordered], **columns, "now": now})
