"""The columns of a table of stock. They are derived from the fields of a push line, so that no field is without a column."""

import json
import re
import types
import typing
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel

from catalog.api.schemas import PushLine
from catalog.domain.amounts import AmountNotRead, DecimalMark, read_amount
from catalog.domain.errors import LineProblem
from chassis.kernel.tables import unguarded

CURRENCY = "currency"
# Begins the SKUs of the template, which nobody sells.
EXAMPLE = "EXAMPLE-"
_PRICES = "prices"
_BETWEEN = "|"
_YES = frozenset({"true", "yes", "1", "y", "oui", "ja", "j", "x", "vrai", "wahr"})
_NO = frozenset({"false", "no", "0", "n", "non", "nein", "nee", "nej", "faux", "falsch"})
# As shops name them; compared without case, accents, blanks and signs.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "sku": ("article", "article number", "artikelnummer", "artikelnr", "reference", "ref", "varenummer", "item number"),
    "brand": ("marque", "marke", "merk", "manufacturer", "hersteller"),
    "model": ("modele", "modell"),
    "category": ("categorie", "kategorie", "kategori", "product type"),
    "storage": ("stockage", "speicher", "opslag", "capacity", "capacite"),
    "ram": ("memory", "memoire", "arbeitsspeicher", "geheugen"),
    "color": ("colour", "couleur", "farbe", "kleur", "farve"),
    "gtin": ("ean", "ean13", "barcode"),
    "grade": ("etat", "zustand", "conditie", "condition", "stand"),
    "price": ("prix", "preis", "prijs", "pris", "unit price", "prix ht", "net price"),
    CURRENCY: ("devise", "wahrung", "waehrung", "valuta"),
    "quantity": ("qty", "stock", "quantite", "menge", "anzahl", "aantal", "antal", "units"),
    "vat_regime": ("regime tva", "vat scheme"),
    "ship_from": ("ships from",),
    "warranty_months": ("warranty", "garantie", "garanti"),
    "battery_health_percent": ("battery", "battery health", "batterie", "batterij", "batteri"),
    "dispatch_business_days": ("dispatch days", "lead time", "handling time"),
    "shipping_fee": ("shipping", "frais de port", "versandkosten", "verzendkosten", "fragt"),
}


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    INTEGER = "integer"
    YES_NO = "yes_no"
    AMOUNT = "amount"
    LIST = "list"
    INSTANT = "instant"
    # What has no simple form: the same JSON as in a pushed line.
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, where its value stands in a push line, and how its cells are read."""

    name: str
    path: tuple[str, ...]
    kind: Kind


class CellWrong(Exception):
    """A cell that cannot be read as its column's kind."""

    def __init__(self, problem: LineProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def normalised(header: str) -> str:
    """`Prix (€ HT)` and `prix_ht` are one name: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", header).casefold())


def _columns_of(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[Column]:
    own = model.__annotations__
    # A line's own fields before those it has of a wider shape.
    for name, field in sorted(model.model_fields.items(), key=lambda one: one[0] not in own):
        annotation = without_none(field.annotation)
        here = (*path, name)
        if name == _PRICES:
            # A column for each country, `price_de`.
            continue
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            yield Column(name, here, _kind_of(annotation))
        elif set(annotation.model_fields) == {"amount", CURRENCY}:
            yield Column(name, here, Kind.AMOUNT)
        else:
            yield from _columns_of(annotation, here)


def without_none(annotation: Any) -> Any:
    """The type behind `| None` and annotations."""
    while typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        parts = typing.get_args(annotation)
        if typing.get_origin(annotation) is typing.Annotated and annotation is not AwareDatetime:
            annotation = parts[0]
            continue
        (annotation,) = (part for part in parts if part is not types.NoneType)
    return annotation


def _kind_of(annotation: Any) -> Kind:
    if annotation is AwareDatetime:
        return Kind.INSTANT
    if annotation is bool:
        return Kind.YES_NO
    if annotation is int:
        return Kind.INTEGER
    if typing.get_origin(annotation) is list and without_none(typing.get_args(annotation)[0]) is str:
        return Kind.LIST
    is_text = typing.get_origin(annotation) is typing.Literal or (
        isinstance(annotation, type) and issubclass(annotation, str)
    )
    return Kind.TEXT if is_text else Kind.JSON


COLUMNS: Mapping[str, Column] = {
    **{column.name: column for column in _columns_of(PushLine)},
    # Of all amounts of the line that name none themselves.
    CURRENCY: Column(CURRENCY, (), Kind.TEXT),
}
_BY_HEADER = {normalised(name): name for name in COLUMNS} | {
    normalised(alias): name for name, aliases in _ALIASES.items() for alias in aliases
}
_PRICE_OF_COUNTRY = re.compile(r"price([a-z]{2})")


def column_of(header: str) -> Column | None:
    """The column a header means: its name or a usual other one, `price_de` for a country's own price; None for ours none."""
    known = normalised(header)
    name = _BY_HEADER.get(known)
    if name is not None:
        return COLUMNS[name]
    country = _PRICE_OF_COUNTRY.fullmatch(known)
    return Column(f"price_{country[1]}", (_PRICES, country[1].upper()), Kind.AMOUNT) if country else None


def named_column(name: str) -> Column | None:
    """The column of exactly this name."""
    found = column_of(name)
    return found if found is not None and found.name == name else None


def line_of(
    columns: Sequence[Column | None], cells: Sequence[str], mark: DecimalMark | None, currency: str | None
) -> dict[str, Any]:
    """The push line of a row: an empty cell was not sent. Amounts are in the currency they name, else the line's, else
    `currency`. Raises CellWrong with the first cell that cannot be read."""
    given = [
        (column, text)
        for column, cell in zip(columns, cells, strict=False)
        if column is not None and (text := unguarded(cell).strip())
    ]
    named = _currency(given, mark) or currency
    line: dict[str, Any] = {}
    for column, cell in given:
        if column.name == CURRENCY:
            continue
        part = line
        for name in column.path[:-1]:
            part = part.setdefault(name, {})
        part[column.path[-1]] = _read(column, cell, mark, named)
    return line


def _currency(given: Sequence[tuple[Column, str]], mark: DecimalMark | None) -> str | None:
    """The line's own currency: its column's, or the one its price names."""
    cells = {column.name: cell for column, cell in given}
    if CURRENCY in cells:
        return cells[CURRENCY].upper()
    try:
        return read_amount(cells.get("price", ""), mark, None).currency
    except AmountNotRead:
        return None


def _read(column: Column, cell: str, mark: DecimalMark | None, currency: str | None) -> Any:
    match column.kind:
        case Kind.AMOUNT:
            return _amount(column, cell, mark, currency)
        case Kind.INTEGER:
            return _integer(column, cell)
        case Kind.YES_NO:
            return _yes_or_no(column, cell)
        case Kind.LIST:
            return [part.strip() for part in cell.split(_BETWEEN)]
        case Kind.JSON:
            return _json(column, cell)
        case _:
            return cell


def _amount(column: Column, cell: str, mark: DecimalMark | None, currency: str | None) -> dict[str, Any]:
    try:
        try:
            # The price of a country may be in that country's own currency, if it says so.
            read = read_amount(cell, mark, None if column.path[0] == _PRICES else currency)
        except AmountNotRead as refusal:
            if refusal.problem.code != "currency_missing" or currency is None:
                raise
            read = read_amount(cell, mark, currency)
    except AmountNotRead as refusal:
        raise _wrong(column, refusal.problem.code, refusal.problem.title, refusal.problem.detail) from refusal
    return {"amount": read.minor, "currency": read.currency or currency}


def _integer(column: Column, cell: str) -> int:
    # `5.0` is how some programs write a whole number.
    found = re.fullmatch(r"(-?[0-9]{1,15})(?:[.,]0{1,2})?", cell)
    if found is None:
        raise _wrong(column, "number_unreadable", "The number cannot be read", f"“{cell[:40]}” is no whole number")
    return int(found[1])


def _yes_or_no(column: Column, cell: str) -> bool:
    word = cell.casefold()
    if word not in _YES | _NO:
        raise _wrong(column, "answer_unreadable", "Neither yes nor no", f"“{cell[:40]}” is neither yes nor no")
    return word in _YES


def _json(column: Column, cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise _wrong(column, "malformed_json", "The cell is not valid JSON", f"{column.name}: {error}"[:200]) from error


def _wrong(column: Column, code: str, title: str, detail: str) -> CellWrong:
    pointer = "/" + "/".join(column.path)
    told = f"{column.name}: {detail}"
    return CellWrong(LineProblem(code, title, told, ({"pointer": pointer, "detail": detail, "code": code},)))
