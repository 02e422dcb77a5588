"""A seller's batch in PostgreSQL: rows are read by position and written column by column.

Thousands of lines come at once, so what a line costs counts: named access to a row, a compiled result and a JSON
document for each of them take several times what the decision about the line takes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, text
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


@dataclass(frozen=True)
class _Column:
    """A column of an update: its type, its value in a domain object, and how PostgreSQL makes it of what was sent."""

    type: Any
    value: Callable[[Any], Any]
    made: str = "v.{name}"


_TERMS = {
    "version": _Column(INTEGER(), attrgetter("version")),
    "grade": _Column(TEXT(), attrgetter("grade")),
    "price_minor": _Column(BIGINT(), attrgetter("price.minor")),
    "currency": _Column(TEXT(), attrgetter("price.currency")),
    "prices": _Column(TEXT(), lambda offer: prices_text(offer.prices), "v.{name}::jsonb"),
    "vat_regime": _Column(TEXT(), attrgetter("vat_regime")),
    "ship_from": _Column(TEXT(), attrgetter("ship_from")),
    "warranty_months": _Column(SMALLINT(), attrgetter("warranty_months")),
    "battery_health_percent": _Column(SMALLINT(), attrgetter("battery_health_percent")),
    "dispatch_business_days": _Column(SMALLINT(), attrgetter("dispatch_business_days")),
    "shipping_fee_minor": _Column(BIGINT(), attrgetter("shipping_fee.minor")),
    "shipping_fee_currency": _Column(TEXT(), attrgetter("shipping_fee.currency")),
    "markets": _Column(
        TEXT(),
        lambda offer: _BETWEEN_MARKETS.join(offer.markets),
        f"string_to_array(v.{{name}}, chr({ord(_BETWEEN_MARKETS)}))",
    ),
    "paused": _Column(BOOLEAN(), attrgetter("paused")),
}
_FIGURES = {
    "counted": _Column(INTEGER(), attrgetter("counted")),
    "available": _Column(INTEGER(), attrgetter("available")),
    "held": _Column(INTEGER(), attrgetter("held")),
    "sold": _Column(INTEGER(), attrgetter("sold")),
    "shortage": _Column(INTEGER(), attrgetter("shortage")),
    "counted_at": _Column(_INSTANT, attrgetter("counted_at")),
    "as_of": _Column(_INSTANT, attrgetter("as_of")),
}


@cache
def _update_of_terms(names: tuple[str, ...]) -> TextClause:
    columns = {name: _TERMS[name] for name in names}
    return text(f"update offers o set {_made(columns)} from {_sent('id', columns)} where o.id = v.id").bindparams(
        *_arrays("id", columns)
    )


def _made(columns: Mapping[str, _Column]) -> str:
    return ", ".join(f"{name} = {column.made.format(name=name)}" for name, column in columns.items())


def _sent(key: str, columns: Mapping[str, _Column]) -> str:
    """One array per column, as the table `v`."""
    arrays = [f"cast(:{key} as uuid[])", *(f"cast(:{name} as {_sql(one.type)}[])" for name, one in columns.items())]
    return f"unnest({', '.join(arrays)}) as v({', '.join((key, *columns))})"


def _sql(kind: Any) -> str:
    return "timestamptz" if kind is _INSTANT else str(kind)


def _arrays(key: str, columns: Mapping[str, _Column]) -> list[BindParameter[Any]]:
    types = {key: UUID(), **{name: column.type for name, column in columns.items()}}
    return [bindparam(name, type_=ARRAY(kind)) for name, kind in types.items()]


_UPDATE_OF_FIGURES = text(
    f"update stock s set {_made(_FIGURES)}, updated_at = :now from {_sent('offer_id', _FIGURES)} "
    "where s.offer_id = v.offer_id"
).bindparams(*_arrays("offer_id", _FIGURES))


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


async def change_terms(connection: AsyncConnection, changed: Sequence[Offer], before: Mapping[Id, Offer]) -> None:
    """Replace the terms of offers that were read; only columns in which some of them differ travel.

    In any order: their seller and their stock are locked.
    """
    sent = {}
    for name, column in _TERMS.items():
        value = column.value
        values = [value(one) for one in changed]
        if values != [value(before[one.id]) for one in changed]:
            sent[name] = values
    await connection.execute(_update_of_terms(tuple(sent)), {"id": [one.id for one in changed], **sent})


async def change_figures(connection: AsyncConnection, changed: Sequence[Stock], now: datetime) -> None:
    """Replace the figures of locked stock that is there, in any order."""
    sent = {name: [column.value(one) for one in changed] for name, column in _FIGURES.items()}
    await connection.execute(_UPDATE_OF_FIGURES, {"offer_id": [one.offer_id for one in changed], **sent, "now": now})
