"""What pushes write: columns of many rows as arrays, one statement a table for all pushes that share a transaction.

Only columns in which some row differs travel. Rows may come in any order: their seller and their stock are locked.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, BOOLEAN, INTEGER, SMALLINT, TEXT, TIMESTAMP, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import Offer
from catalog.domain.stock import Movement, Stock
from catalog.storage.rows import offer_row, prices_text
from catalog.storage.term_columns import AS_JSON, terms_columns
from catalog.storage.term_columns import NAMES as TERM_NAMES
from chassis.db.rows import as_json
from chassis.kernel.ids import Id

# No market's name holds it: names are printable.
_BETWEEN_MARKETS = "\x1f"
_INSTANT = TIMESTAMP(timezone=True)
_INSTANTS = ("counted_at", "as_of")


@dataclass(frozen=True)
class _Column:
    """A column of an update: its type, its value in a domain object, how that is sent, and what PostgreSQL makes of it."""

    type: Any
    value: Callable[[Any], Any]
    sent: Callable[[Any], Any] | None = None
    made: str = "v.{name}"


_TERMS = {
    "version": _Column(INTEGER(), attrgetter("version")),
    "grade": _Column(TEXT(), attrgetter("grade")),
    "price_minor": _Column(BIGINT(), attrgetter("price.minor")),
    "currency": _Column(TEXT(), attrgetter("price.currency")),
    "prices": _Column(TEXT(), attrgetter("prices"), prices_text, "v.{name}::jsonb"),
    "vat_regime": _Column(TEXT(), attrgetter("vat_regime")),
    "ship_from": _Column(TEXT(), attrgetter("ship_from")),
    "warranty_months": _Column(SMALLINT(), attrgetter("warranty_months")),
    "battery_health_percent": _Column(SMALLINT(), attrgetter("battery_health_percent")),
    "dispatch_business_days": _Column(SMALLINT(), attrgetter("dispatch_business_days")),
    "shipping_fee_minor": _Column(BIGINT(), attrgetter("shipping_fee.minor")),
    "shipping_fee_currency": _Column(TEXT(), attrgetter("shipping_fee.currency")),
    "markets": _Column(
        TEXT(),
        attrgetter("markets"),
        _BETWEEN_MARKETS.join,
        f"string_to_array(v.{{name}}, chr({ord(_BETWEEN_MARKETS)}))",
    ),
    "paused": _Column(BOOLEAN(), attrgetter("paused")),
}


def _term(name: str, type_: Any, made: str = "v.{name}") -> _Column:
    sent = (lambda value: None if value is None else json.dumps(value)) if name in AS_JSON else None
    return _Column(type_, lambda offer: terms_columns(offer.terms)[name], sent, made)


_NUMBERS = {"min_order_quantity": INTEGER(), "pack_size": INTEGER(), "floor_price_minor": BIGINT()}
# Looked at only where some offer's terms changed: few pushes send them.
_MORE_TERMS = {
    name: _term(name, TEXT(), "v.{name}::jsonb") if name in AS_JSON else _term(name, _NUMBERS.get(name, TEXT()))
    for name in TERM_NAMES
    if name != "accessories"
} | {
    "accessories": _Column(
        TEXT(),
        attrgetter("terms.accessories"),
        lambda codes: None if codes is None else ",".join(codes),
        "string_to_array(v.{name}, ',')",
    )
}
_FIGURES = {
    name: _Column(INTEGER(), attrgetter(name)) for name in ("counted", "available", "held", "sold", "shortage")
} | {name: _Column(_INSTANT, attrgetter(name)) for name in _INSTANTS}

_OFFER_COLUMNS = (
    "id, version, seller_id, sku, sku_key, product_id, product_facts, category, brand, storage, grade, price_minor, "
    "currency, prices, "
    "vat_regime, ship_from, warranty_months, battery_health_percent, dispatch_business_days, shipping_fee_minor, "
    f"shipping_fee_currency, markets, paused, {', '.join(TERM_NAMES)}"
)
_OPEN = text(
    f"insert into offers ({_OFFER_COLUMNS}, created_at) select {_OFFER_COLUMNS}, created_at "
    "from jsonb_populate_recordset(null::offers, cast(:rows as jsonb)) order by id"
)
_OPEN_STOCK = text(
    "insert into stock (offer_id, counted, available, held, sold, shortage, counted_at, as_of, updated_at) "
    "select offer_id, counted, available, held, sold, shortage, counted_at, as_of, updated_at "
    "from jsonb_populate_recordset(null::stock, cast(:rows as jsonb)) order by offer_id"
)
_APPEND = text(
    "insert into stock_movements (offer_id, kind, quantity, at, cause_id, recorded_at) select * from unnest("
    "cast(:offers as uuid[]), cast(:kinds as text[]), cast(:quantities as int[]), cast(:ats as timestamptz[]), "
    "cast(:causes as uuid[]), cast(:recorded_ats as timestamptz[]))"
).bindparams(
    *(bindparam(name, type_=ARRAY(UUID)) for name in ("offers", "causes")),
    bindparam("kinds", type_=ARRAY(TEXT)),
    bindparam("quantities", type_=ARRAY(INTEGER)),
    *(bindparam(name, type_=ARRAY(_INSTANT)) for name in ("ats", "recorded_ats")),
)

# What a use case wrote at once, and when.
Written = tuple[Sequence[Any], datetime]


@dataclass(frozen=True)
class OpenOffers:
    """Inserts new offers."""

    rank: int = 1

    async def __call__(self, connection: AsyncConnection, items: Sequence[Written]) -> None:
        rows = [{**offer_row(offer), "created_at": now} for offers, now in items for offer in offers]
        await connection.execute(_OPEN, {"rows": as_json(rows)})


@dataclass(frozen=True)
class ChangeTerms:
    """Updates offers; an item is what they are to be, and by id what they were. What was said last of one holds."""

    rank: int = 2

    async def __call__(
        self, connection: AsyncConnection, items: Sequence[tuple[Sequence[Offer], Mapping[Id, Offer | None]]]
    ) -> None:
        before, after = _merged([(offers, attrgetter("id"), was) for offers, was in items])
        sent = _differing(_TERMS, before, after)
        if None in before or [one.terms for one in before] != [one.terms for one in after]:
            sent |= _differing(_MORE_TERMS, before, after)
        if sent:
            statement = _update("offers", "id", tuple(sent), ())
            await connection.execute(statement, {"key": [one.id for one in after], **sent})


@dataclass(frozen=True)
class OpenStock:
    """Inserts the figures of new offers."""

    rank: int = 3

    async def __call__(self, connection: AsyncConnection, items: Sequence[Written]) -> None:
        rows = [_stock_row(stock, now) for stocks, now in items for stock in stocks]
        await connection.execute(_OPEN_STOCK, {"rows": as_json(rows)})


@dataclass(frozen=True)
class ChangeFigures:
    """Updates locked figures; an item is what they are to be, by offer what they were as far as that is known, and when."""

    rank: int = 4

    async def __call__(
        self, connection: AsyncConnection, items: Sequence[tuple[Sequence[Stock], Mapping[Id, Stock], datetime]]
    ) -> None:
        before, after = _merged([(stocks, attrgetter("offer_id"), was) for stocks, was, _ in items])
        sent = _differing(_FIGURES, before, after)
        # Lines that do not say when they were counted were all counted now.
        alike = {
            name: sent[name][0] for name in _INSTANTS if name in sent and sent[name].count(sent[name][0]) == len(after)
        }
        rows = {name: values for name, values in sent.items() if name not in alike}
        now = max(now for _, _, now in items)
        statement = _update("stock", "offer_id", tuple(rows), (*alike, "updated_at"))
        await connection.execute(
            statement, {"key": [one.offer_id for one in after], **rows, **alike, "updated_at": now}
        )


@dataclass(frozen=True)
class AppendMovements:
    """Inserts into the stock book."""

    rank: int = 5

    async def __call__(self, connection: AsyncConnection, items: Sequence[Written]) -> None:
        book: list[tuple[Movement, datetime]] = [(movement, now) for movements, now in items for movement in movements]
        await connection.execute(
            _APPEND,
            {
                "offers": [one.offer_id for one, _ in book],
                "kinds": [str(one.kind) for one, _ in book],
                "quantities": [one.quantity for one, _ in book],
                "ats": [one.at for one, _ in book],
                "causes": [one.cause_id for one, _ in book],
                "recorded_ats": [now for _, now in book],
            },
        )


def _merged(
    words: Sequence[tuple[Sequence[Any], Callable[[Any], Id], Mapping[Id, Any]]],
) -> tuple[list[Any], list[Any]]:
    """The first that was known of each row, and the last that was said of it; one push says one thing of each."""
    first: dict[Id, Any] = {}
    last: dict[Id, Any] = {}
    for said, id_of, was in words:
        last_said = dict(zip(map(id_of, said), said, strict=True))
        first = {id: was.get(id) for id in last_said} | first
        last |= last_said
    return [first[id] for id in last], list(last.values())


def _differing(columns: Mapping[str, _Column], before: Sequence[Any], after: Sequence[Any]) -> dict[str, list[Any]]:
    """The columns in which some row differs; all, where one was not read before."""
    all_known = None not in before
    sent = {}
    for name, column in columns.items():
        values = list(map(column.value, after))
        if not all_known or values != list(map(column.value, before)):
            sent[name] = list(map(column.sent, values)) if column.sent else values
    return sent


@cache
def _update(table: str, key: str, columns: tuple[str, ...], alike: tuple[str, ...]) -> TextClause:
    """Each row's own values come as one array per column; a value that all rows share comes once."""
    known = {**_TERMS, **_MORE_TERMS, **_FIGURES}
    made = [
        *(f"{name} = {known[name].made.format(name=name)}" for name in columns),
        *(f"{name} = :{name}" for name in alike),
    ]
    arrays = ["cast(:key as uuid[])", *(f"cast(:{name} as {_sql(known[name].type)}[])" for name in columns)]
    binds: list[BindParameter[Any]] = [bindparam("key", type_=ARRAY(UUID))]
    binds += [bindparam(name, type_=ARRAY(known[name].type)) for name in columns]
    return text(
        f"update {table} t set {', '.join(made)} from unnest({', '.join(arrays)}) as v({', '.join(('key', *columns))}) "
        f"where t.{key} = v.key"
    ).bindparams(*binds)


def _sql(kind: Any) -> str:
    return "timestamptz" if kind is _INSTANT else str(kind)


def _stock_row(stock: Stock, now: datetime) -> dict[str, Any]:
    return {
        "offer_id": stock.offer_id,
        "counted": stock.counted,
        "available": stock.available,
        "held": stock.held,
        "sold": stock.sold,
        "shortage": stock.shortage,
        "counted_at": stock.counted_at,
        "as_of": stock.as_of,
        "updated_at": now,
    }
