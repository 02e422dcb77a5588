"""What stands on the invoices of a shipment: one per VAT regime, in the words of EN 16931, from facts alone."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from chassis.kernel.errors import Invalid
from documents.invoice_data import DocumentAmount, InvoiceLine, LinePart, Note, Payment, Serial, VatRow
from documents.invoice_data import Invoice as Paper
from documents.parties import Account, DeliverTo
from payments.domain.facts import DeliveryAddress, Dispatch, OrderedLine, OrderedParts
from payments.domain.party import Party, paper_address
from payments.domain.payment import VirtualAccount
from payments.domain.platform import Platform
from payments.domain.policies import PaymentRules
from tax import InvoiceTotals, PricedLine, Regime, half_up, invoice_totals, statutory_notes, texts

# Which sentence of libs/tax explains a category without VAT (BT-120).
_REASONS = {"E": "margin", "AE": "reverse_charge", "K": "intra_eu", "G": "export", "O": "out_of_scope"}


class UnitsDoNotMatch(Invalid):
    """An invoice names exactly the units that were ordered and left."""

    code = "units_do_not_match"
    title = "The shipped units are not the ordered ones"


@dataclass(frozen=True, slots=True)
class InvoiceCase:
    """Everything an invoice of a shipment is made of. `order_number` is the one the buyer paid under, `paid_at` when."""

    ordered: OrderedParts
    dispatch: Dispatch
    deliver_to: DeliveryAddress
    seller: Party
    buyer: Party
    account: VirtualAccount
    order_number: str
    paid_at: datetime
    rules: PaymentRules
    platform: Platform
    means: Literal["card", "transfer"] = "transfer"


@dataclass(frozen=True, slots=True)
class RegimePart:
    """The lines of one regime and their sums. `difference_minor` to what the buyer paid must be 0, or nothing is issued."""

    regime: Regime
    lines: tuple[OrderedLine, ...]
    totals: InvoiceTotals
    difference_minor: int


def regime_parts(ordered: OrderedParts) -> list[RegimePart]:
    """One part per VAT regime, with the sums that its invoice will show."""
    parts = []
    for one in ordered.regimes:
        lines = tuple(line for line in ordered.lines if line.regime == one.regime)
        totals = invoice_totals([_priced(line) for line in lines], one.shipping_minor, one.price_basis)
        parts.append(RegimePart(one.regime, lines, totals, totals.payable_minor - one.gross_minor))
    return parts


def issue_day(case: InvoiceCase) -> date:
    """BT-2: the day of the shipment where the seller sits."""
    return case.rules.calendar_of(case.seller.country).local_day(case.dispatch.dispatched_at)


def draw_up(case: InvoiceCase, part: RegimePart, number: str) -> Paper:
    """The invoice of one part, fully paid from escrow (amount due 0). Raises UnitsDoNotMatch."""
    day = issue_day(case)
    ordered, totals = case.ordered, part.totals
    out_of_scope = any(row.category_code == "O" for row in totals.breakdown)
    origin = part.lines[0].ship_from
    seller = case.seller.on_paper(origin, with_vat_number=not out_of_scope)
    buyer = case.buyer.on_paper(case.dispatch.delivery_country, with_vat_number=not out_of_scope)
    return Paper(
        kind=380,
        number=number,
        issue_date=day,
        language=case.rules.language,
        currency=ordered.currency,
        seller=seller,
        buyer=buyer,
        lines=tuple(_paper_line(line, net, case) for line, net in zip(part.lines, totals.line_nets, strict=True)),
        breakdown=_breakdown(part, origin, case.rules.language, day),
        net_minor=totals.net_minor,
        vat_minor=totals.vat_minor,
        gross_minor=totals.gross_minor,
        rounding_minor=totals.rounding_minor,
        paid_minor=totals.payable_minor,
        payment=Payment(case.means, case.order_number, paid_on=case.rules.calendar.local_day(case.paid_at)),
        account=Account(
            iban=case.account.iban,
            holder=case.account.holder_name,
            provider=case.platform.payment_provider,
            bic=case.account.bic,
        ),
        platform=case.platform.name,
        shipping=tuple(
            DocumentAmount(share.net_minor, share.category_code, share.rate_percent) for share in totals.shipping
        ),
        deliver_to=DeliverTo(case.deliver_to.name, paper_address(case.deliver_to.address)),
        delivery_date=day,
        order_number=case.order_number,
        buyer_reference=case.deliver_to.buyer_reference,
        delivery_note=case.dispatch.tracking_number,
        notes=tuple(
            Note(note.code, note.text) for note in statutory_notes(case.seller.country, case.buyer.country, day)
        ),
    )


def _priced(line: OrderedLine) -> PricedLine:
    return PricedLine(line.quantity, line.unit_price_minor, line.vat_category, line.vat_rate_percent)


def _paper_line(line: OrderedLine, net_minor: int, case: InvoiceCase) -> InvoiceLine:
    units = case.dispatch.units_of(line.line_no)
    if len(units) != line.quantity:
        raise UnitsDoNotMatch(f"line {line.line_no}: {len(units)} shipped, {line.quantity} ordered")
    return InvoiceLine(
        title=line.title,
        quantity=line.quantity,
        net_minor=net_minor,
        category_code=line.vat_category,
        rate_percent=line.vat_rate_percent,
        sku=line.sku,
        grade=case.rules.grade_name(line.grade),
        serials=tuple(Serial(unit.kind, unit.value) for unit in units),
        parts=_parts(line, case),
    )


def _parts(line: OrderedLine, case: InvoiceCase) -> tuple[LinePart, ...]:
    """Options and levies of a unit, without VAT as the line's net is."""
    basis = next(one.price_basis for one in case.ordered.regimes if one.regime == line.regime)
    taken_out = 1 + Fraction(line.vat_rate_percent or "0") / 100 if basis == "gross" else Fraction(1)
    return tuple(LinePart(one.kind, half_up(one.unit_minor / taken_out), one.title) for one in line.extras)


def _breakdown(part: RegimePart, origin: str, language: str, day: date) -> tuple[VatRow, ...]:
    vatex = {line.vat_category: line.vatex for line in part.lines}
    rows = []
    for row in part.totals.breakdown:
        reason = _REASONS.get(row.category_code)
        sentences = texts(reason, day, origin) if reason else {}
        rows.append(
            VatRow(
                row.category_code,
                row.rate_percent,
                row.base_minor,
                row.vat_minor,
                vatex[row.category_code],
                sentences.get(language) or sentences.get("en"),
            )
        )
    return tuple(rows)
