"""The pick list: what a seller fetches from its shelves for all parcels that are to leave."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.purchase_order import Market
from documents.typesetting import typeset
from documents.wording import Wording


@dataclass(frozen=True, slots=True)
class PickedFor:
    """So many of a pick's units are for this seller order."""

    number: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PickLine:
    """One thing to fetch: a SKU with its options. `leaves_by` is the first of its orders' instants."""

    sku: str
    title: str
    grade: str
    quantity: int
    orders: tuple[PickedFor, ...]
    extras: tuple[str, ...] = ()
    leaves_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class PickList:
    """All picks of a moment, in the order of the shelves (by SKU)."""

    printed_at: datetime
    time_zone: str
    language: str
    currency: str
    market: Market
    seller: str
    orders: int
    lines: tuple[PickLine, ...]


def render(picks: PickList) -> bytes:
    """PDF/A-3b. Raises UnknownLanguage. The same list gives the same bytes."""
    return typeset("pick_list", _content(picks, Wording(picks.language, picks.currency)), _day(picks))


def _day(picks: PickList) -> date:
    return picks.printed_at.astimezone(ZoneInfo(picks.time_zone)).date()


def _content(picks: PickList, words: Wording) -> dict[str, Any]:
    label = words.label
    return {
        "language": picks.language,
        "brand": picks.market.name,
        "author": picks.seller,
        "title": label("pick_list"),
        "number": words.moment(picks.printed_at, picks.time_zone),
        "page": label("page", page="{page}", pages="{pages}"),
        "footer": [picks.seller],
        "facts": [
            [label("orders_to_pick"), str(picks.orders)],
            [label("units_to_pick"), str(sum(line.quantity for line in picks.lines))],
        ],
        "columns": ["", label("sku"), label("item"), label("picked_for"), label("quantity")],
        "picks": [_printed_line(line, picks.time_zone, words) for line in picks.lines],
    }


def _printed_line(line: PickLine, time_zone: str, words: Wording) -> dict[str, Any]:
    notes = [line.grade, *line.extras]
    if line.leaves_by is not None:
        day = line.leaves_by.astimezone(ZoneInfo(time_zone)).date()
        notes.append(f"{words.label('leaves_by')} {words.day(day)}")
    return {
        "sku": line.sku,
        "title": line.title,
        "notes": [" · ".join(note for note in notes if note)],
        "orders": [f"{one.number} × {one.quantity}" for one in line.orders],
        "quantity": str(line.quantity),
    }
