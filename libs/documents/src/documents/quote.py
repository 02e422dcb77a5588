"""The quote: what a seller offers a buyer, at which promises, and until when it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from documents.invoice_data import LinePart
from documents.line_parts import printed_parts
from documents.paper_party import printed_party
from documents.parties import Party
from documents.purchase_order import Market
from documents.typesetting import typeset
from documents.wording import Wording


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """Units of one device. Amounts in minor units, on the price basis of the market; `extras` are changed specifications and
    accessories, `parts` what the unit price holds. `lead_business_days` run from the payment, or from `ready_on` where it is
    later."""

    title: str
    grade: str
    quantity: int
    unit_minor: int
    warranty_months: int
    lead_business_days: int
    ready_on: date | None = None
    battery_floor: int | None = None
    extras: tuple[str, ...] = ()
    sku: str = ""
    parts: tuple[LinePart, ...] = ()

    @property
    def amount_minor(self) -> int:
        """What all units come to."""
        return self.quantity * self.unit_minor


@dataclass(frozen=True, slots=True)
class Quote:
    """A seller's quote. `valid_until` is an aware instant, shown in `time_zone` (IANA)."""

    number: str
    request: str
    given_on: date
    valid_until: datetime
    time_zone: str
    language: str
    currency: str
    market: Market
    seller: Party
    buyer: Party
    ships_from: str
    lines: tuple[QuotedLine, ...]
    shipping_minor: int
    prices_include_vat: bool
    note: str | None = None


def render(quote: Quote) -> bytes:
    """PDF/A-3b. Raises UnknownLanguage or UnknownCurrency. The same quote gives the same bytes."""
    words = Wording(quote.language, quote.currency)
    return typeset("quote", _content(quote, words), quote.given_on)


def _content(quote: Quote, words: Wording) -> dict[str, Any]:
    label, market = words.label, quote.market.name
    lines_minor = sum(line.amount_minor for line in quote.lines)
    until = words.moment(quote.valid_until, quote.time_zone)
    return {
        "language": quote.language,
        "brand": market,
        "author": quote.seller.name,
        "title": label("quote"),
        "number": quote.number,
        "page": words.label("page", page="{page}", pages="{pages}"),
        "footer": list(quote.market.footer),
        "facts": [[label("issue_date"), words.day(quote.given_on)], [label("quote_of"), quote.request]],
        "parties": [
            printed_party(label("seller"), quote.seller, words),
            printed_party(label("buyer"), quote.buyer, words),
        ],
        "ships_from": label("ships_from", country=words.country(quote.ships_from)),
        "columns": [label(column) for column in ("item", "grade", "quantity", "unit_price", "amount")],
        "lines": [_printed_line(line, words) for line in quote.lines],
        "totals": [
            {"label": label("lines_total"), "value": words.amount(lines_minor), "strong": False},
            {"label": label("shipping"), "value": words.amount(quote.shipping_minor), "strong": False},
            {
                "label": label("quote_total"),
                "value": words.amount(lines_minor + quote.shipping_minor),
                "strong": True,
            },
        ],
        "until_title": label("valid_until"),
        "until": until[:1].upper() + until[1:],
        "accept": label("quote_accept", market=market),
        "note": quote.note or "",
        "sentences": [
            label("prices_with_vat" if quote.prices_include_vat else "prices_without_vat"),
            label("quote_stock"),
        ],
    }


def _printed_line(line: QuotedLine, words: Wording) -> dict[str, Any]:
    return {
        "title": line.title,
        "notes": [" · ".join(part) for part in _notes(line, words) if part],
        "grade": line.grade,
        "quantity": str(line.quantity),
        "unit": words.number(line.unit_minor),
        "amount": words.number(line.amount_minor),
    }


def _notes(line: QuotedLine, words: Wording) -> list[list[str]]:
    return [_what(line, words), _promises(line, words), [*printed_parts(line.parts, words)]]


def _what(line: QuotedLine, words: Wording) -> list[str]:
    battery = [words.label("quote_battery", percent=str(line.battery_floor))] if line.battery_floor else []
    return [*line.extras, *([line.sku] if line.sku else []), *battery]


def _promises(line: QuotedLine, words: Wording) -> list[str]:
    def said() -> Iterator[str]:
        yield words.counted("quote_warranty", line.warranty_months)
        if line.ready_on is not None:
            yield words.label("quote_ready", day=words.day(line.ready_on))
        # "Ready from the 10th on" says it all where no further day is needed.
        if line.ready_on is None or line.lead_business_days:
            yield words.counted("quote_lead", line.lead_business_days)

    return list(said())
