"""The purchase order: what the buyer ordered from whom, and how and until when to pay it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from documents.errors import TotalsDoNotAdd
from documents.invoice_data import LinePart
from documents.line_parts import printed_parts
from documents.paper_party import printed_delivery, printed_party
from documents.parties import Account, DeliverTo, Party
from documents.transfer_code import transfer_code
from documents.typesetting import typeset
from documents.wording import Wording, grouped_iban


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One offer. Amounts in minor units, net of VAT (margin goods: the price). `vat_note` is what the reader should know
    about VAT on this line ("TVA 20 %", "Régime particulier – Biens d'occasion"); `warranty` is free text. `vat_included` for
    margin goods, whose price holds a VAT that is not shown."""

    title: str
    grade: str
    quantity: int
    unit_net_minor: int
    net_minor: int
    vat_note: str = ""
    sku: str = ""
    warranty: str = ""
    vat_included: bool = False
    parts: tuple[LinePart, ...] = ()


@dataclass(frozen=True, slots=True)
class SellerPart:
    """What one seller delivers: gross = net of lines + shipping - discount + VAT. `ships_from` is an ISO country."""

    name: str
    ships_from: str
    lines: tuple[OrderedLine, ...]
    shipping_minor: int
    vat_minor: int
    gross_minor: int
    discount_minor: int = 0

    @property
    def lines_minor(self) -> int:
        return sum(line.net_minor for line in self.lines)

    @property
    def net_minor(self) -> int:
        return self.lines_minor + self.shipping_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class Market:
    """Whose paper it is: the marketplace's name and the lines of its footer (operator, registration, support)."""

    name: str
    footer: tuple[str, ...]

    @classmethod
    def titled(cls, title: str) -> "Market":
        """A market of which no more than its title is printed."""
        return cls(title, (title,))


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A placed order. `hold_until` is an aware instant, shown in `time_zone` (IANA). `reference` goes on the transfer."""

    number: str
    ordered_on: date
    hold_until: datetime
    time_zone: str
    language: str
    currency: str
    market: Market
    buyer: Party
    deliver_to: DeliverTo
    sellers: tuple[SellerPart, ...]
    net_minor: int
    vat_minor: int
    gross_minor: int
    account: Account
    reference: str
    card_link: str | None = None
    buyer_reference: str | None = None


def render(order: PurchaseOrder) -> bytes:
    """PDF/A-3b. Raises TotalsDoNotAdd, UnknownLanguage or UnknownCurrency. The same order gives the same bytes."""
    words = Wording(order.language, order.currency)
    _check(order)
    return typeset("purchase_order", _content(order, words), order.ordered_on)


def _check(order: PurchaseOrder) -> None:
    for seller in order.sellers:
        rounding = seller.gross_minor - seller.net_minor - seller.vat_minor
        # Displayed VAT-inclusive prices may miss net + VAT by a cent for each VAT category (EN 16931 BT-114).
        if abs(rounding) > len(seller.lines):
            raise TotalsDoNotAdd(f"{seller.name}: net and VAT miss the gross amount by {rounding}")
    for name in ("net_minor", "vat_minor", "gross_minor"):
        parts, whole = sum(getattr(seller, name) for seller in order.sellers), getattr(order, name)
        if parts != whole:
            raise TotalsDoNotAdd(f"{name}: the sellers' parts are {parts}, the order says {whole}")


def _content(order: PurchaseOrder, words: Wording) -> dict[str, Any]:
    label = words.label
    facts = [
        [label("date_of_order"), words.day(order.ordered_on)],
        *([[label("buyer_reference"), order.buyer_reference]] if order.buyer_reference else []),
        [label("to_pay"), words.amount(order.gross_minor)],
    ]
    provider, market = order.account.provider, order.market.name
    return {
        "language": order.language,
        "brand": market,
        "author": market,
        "title": label("purchase_order"),
        "number": order.number,
        "page": words.label("page", page="{page}", pages="{pages}"),
        "footer": list(order.market.footer),
        "facts": facts,
        "parties": [printed_party(label("buyer"), order.buyer, words), printed_delivery(order.deliver_to, words)],
        "sellers": [_printed_seller(seller, words) for seller in order.sellers],
        "totals": list(_totals(order, words)),
        "deadline_title": label("deadline_title"),
        "deadline": _capitalised(words.moment(order.hold_until, order.time_zone)),
        "deadline_sentence": label("deadline_sentence"),
        "transfer_title": label("pay_by_transfer"),
        "transfer": _transfer(order, words),
        "card_title": label("pay_by_card"),
        "card_link": order.card_link or "",
        "qr": transfer_code(order.account, order.gross_minor, order.currency, order.reference) or "",
        "qr_caption": label("qr"),
        "sentences": [
            label("quote_reference", reference=order.reference),
            label("escrow_sentence", provider=provider, market=market),
            label("not_an_invoice"),
        ],
    }


def _printed_seller(seller: SellerPart, words: Wording) -> dict[str, Any]:
    label = words.label
    sums = [[label("lines_total"), words.amount(seller.lines_minor)]]
    if seller.discount_minor:
        sums.append([label("discount"), words.amount(-seller.discount_minor)])
    sums.append([label("shipping"), words.amount(seller.shipping_minor)])
    # Margin and reverse-charged goods show no VAT; their lines say why.
    if seller.vat_minor:
        sums.append([label("vat"), words.amount(seller.vat_minor)])
    sums.append([label("seller_total"), words.amount(seller.gross_minor)])
    amount = "amount" if all(line.vat_included for line in seller.lines) else "line_net"
    return {
        "name": label("sold_by", name=seller.name),
        "ships_from": label("ships_from", country=words.country(seller.ships_from)),
        "columns": [label(column) for column in ("item", "grade", "quantity", "unit_price", amount)],
        "lines": [_printed_line(line, words) for line in seller.lines],
        "sums": sums,
    }


def _printed_line(line: OrderedLine, words: Wording) -> dict[str, str]:
    warranty = f"{words.label('warranty')} {line.warranty}" if line.warranty else ""
    included = printed_parts(line.parts, words)
    return {
        "title": line.title,
        "note": " · ".join(part for part in (line.sku, line.vat_note, warranty, *included) if part),
        "grade": line.grade,
        "quantity": str(line.quantity),
        "unit": words.number(line.unit_net_minor),
        "net": words.number(line.net_minor),
    }


def _totals(order: PurchaseOrder, words: Wording) -> Iterator[dict[str, Any]]:
    rounding = order.gross_minor - order.net_minor - order.vat_minor
    rows = [("net_total", order.net_minor), ("vat_total", order.vat_minor)]
    for name, minor in rows:
        yield {"label": words.label(name), "value": words.amount(minor), "strong": False}
    if rounding:
        yield {"label": words.label("rounding"), "value": words.amount(rounding), "strong": False}
    yield {"label": words.label("to_pay"), "value": words.amount(order.gross_minor), "strong": True}


def _transfer(order: PurchaseOrder, words: Wording) -> list[list[str]]:
    account = order.account
    rows = [[words.label("holder"), account.holder], [words.label("virtual_iban"), grouped_iban(account.iban)]]
    if account.bic:
        rows.append([words.label("bic"), account.bic])
    rows.extend([label, value] for label, value in account.local_details)
    rows.append([words.label("reference"), order.reference])
    rows.append([words.label("amount"), words.amount(order.gross_minor)])
    return rows


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
