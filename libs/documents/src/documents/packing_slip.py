"""The packing slip: what lies in a seller's parcel, for whoever opens it. It shows no prices."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.paper_party import printed_delivery, printed_party
from documents.parties import DeliverTo, Party
from documents.purchase_order import Market
from documents.typesetting import typeset
from documents.wording import Wording


@dataclass(frozen=True, slots=True)
class PackedLine:
    """One offer's devices; `numbers` are their IMEIs or serial numbers, `extras` the options that were chosen.

    `note` is what the buyer wrote to the line.
    """

    title: str
    grade: str
    quantity: int
    sku: str
    extras: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """`number` is the seller order's; `parcel` carrier and tracking number where they are known, `note` what the buyer wrote."""

    number: str
    order_number: str
    ordered_on: date
    printed_on: date
    language: str
    currency: str
    market: Market
    seller: Party
    deliver_to: DeliverTo
    lines: tuple[PackedLine, ...]
    buyer_reference: str | None = None
    parcel: str | None = None
    note: str | None = None


def render(slip: PackingSlip) -> bytes:
    """PDF/A-3b. Raises UnknownLanguage. The same slip gives the same bytes."""
    return typeset("packing_slip", _content(slip, Wording(slip.language, slip.currency)), slip.printed_on)


def _content(slip: PackingSlip, words: Wording) -> dict[str, Any]:
    label = words.label
    facts = [
        [label("order_number"), slip.order_number],
        [label("date_of_order"), words.day(slip.ordered_on)],
        *([[label("buyer_reference"), slip.buyer_reference]] if slip.buyer_reference else []),
        *([[label("parcel"), slip.parcel]] if slip.parcel else []),
        [label("units"), str(sum(line.quantity for line in slip.lines))],
    ]
    return {
        "language": slip.language,
        "brand": slip.market.name,
        "author": slip.seller.name,
        "title": label("packing_slip"),
        "number": slip.number,
        "page": label("page", page="{page}", pages="{pages}"),
        "footer": list(slip.market.footer),
        "facts": facts,
        "parties": [printed_party(label("seller"), slip.seller, words), printed_delivery(slip.deliver_to, words)],
        "columns": [label(column) for column in ("item", "grade", "quantity")],
        "lines": [_printed_line(line, words) for line in slip.lines],
        "sentences": [
            *([label("buyer_note", note=slip.note)] if slip.note else []),
            label("slip_keep"),
            label("slip_missing", number=slip.order_number),
        ],
    }


def _printed_line(line: PackedLine, words: Wording) -> dict[str, Any]:
    said = words.label("buyer_note", note=line.note) if line.note else ""
    notes = (" · ".join((line.sku, *line.extras)), ", ".join(line.numbers), said)
    return {
        "title": line.title,
        "notes": [note for note in notes if note],
        "grade": line.grade,
        "quantity": str(line.quantity),
    }
