"""The invoice as the reader sees it: everything on the paper face, as strings for the template."""

from collections.abc import Iterator
from typing import Any

from documents.invoice_data import CREDIT_NOTE, Invoice, InvoiceLine, VatRow
from documents.invoice_xml import mandate_sentence
from documents.line_parts import printed_parts
from documents.paper_party import printed_delivery, printed_party
from documents.wording import Wording, grouped_iban

# On the paper these are printed elsewhere or are codes for machines.
_NOT_PRINTED_NOTES = {"BAR"}


def invoice_content(invoice: Invoice, words: Wording) -> dict[str, Any]:
    """The template's data."""
    label = words.label
    # A margin price includes its VAT, so its column must not say "excluding VAT".
    amount, base = ("amount", "amount") if _margin_only(invoice) else ("line_net", "base")
    title = label("credit_note" if invoice.kind == CREDIT_NOTE else "invoice")
    return {
        "language": invoice.language,
        "brand": invoice.seller.name,
        "author": invoice.seller.name,
        "title": title,
        "number": invoice.number,
        "page": label("page", page="{page}", pages="{pages}"),
        "footer": _footer(invoice, words),
        "facts": list(_facts(invoice, words)),
        "parties": _parties(invoice, words),
        "columns": ["", *(label(column) for column in ("item", "quantity", "unit_price", "vat", amount))],
        "lines": [_printed_line(index, line, words) for index, line in enumerate(invoice.lines, start=1)],
        "breakdown_title": label("vat_breakdown"),
        "breakdown_columns": [label(column) for column in ("category", "rate", base, "vat_amount")],
        "breakdown": [_printed_row(row, words) for row in invoice.breakdown],
        "reasons": [row.reason for row in invoice.breakdown if row.reason],
        "totals": list(_totals(invoice, words)),
        "payment_title": label("payment"),
        "payment_facts": list(_payment_facts(invoice, words)),
        "account_facts": list(_account_facts(invoice, words)),
        "payment_sentences": _payment_sentences(invoice, words),
        "statements": _statements(invoice, words),
    }


def _margin_only(invoice: Invoice) -> bool:
    return all(row.category_code == "E" for row in invoice.breakdown)


def _facts(invoice: Invoice, words: Wording) -> Iterator[list[str]]:
    label = words.label
    yield [label("issue_date"), words.day(invoice.issue_date)]
    if invoice.preceding is not None:
        origin = label("preceding_value", number=invoice.preceding.number, date=words.day(invoice.preceding.issue_date))
        yield [label("preceding"), origin]
    if invoice.delivery_date is not None:
        yield [label("delivery_date"), words.day(invoice.delivery_date)]
    if invoice.period is not None:
        start, end = invoice.period
        yield [label("period"), label("period_value", start=words.day(start), end=words.day(end))]
    references = [
        ("order_number", invoice.order_number),
        ("buyer_reference", invoice.buyer_reference),
        ("delivery_note", invoice.delivery_note),
    ]
    for name, value in references:
        if value:
            yield [label(name), value]


def _parties(invoice: Invoice, words: Wording) -> list[dict[str, Any]]:
    show_vat_number = not invoice.out_of_scope
    blocks = [
        printed_party(words.label("seller"), invoice.seller, words, show_vat_number),
        printed_party(words.label("buyer"), invoice.buyer, words, show_vat_number),
    ]
    if invoice.deliver_to is not None:
        blocks.append(printed_delivery(invoice.deliver_to, words))
    return blocks


def _printed_line(number: int, line: InvoiceLine, words: Wording) -> dict[str, Any]:
    details = [line.sku or ""]
    if line.grade:
        details.append(
            f"{words.label('grade')} : {line.grade}"
            if words.language == "fr"
            else f"{words.label('grade')}: {line.grade}"
        )
    if line.warranty:
        details.append(f"{words.label('warranty')} {line.warranty}")
    details += printed_parts(line.parts, words)
    return {
        "number": str(number),
        "title": line.title,
        "details": " · ".join(detail for detail in details if detail),
        "serials": [f"{serial.kind} {serial.value}" for serial in line.serials],
        "quantity": str(line.quantity),
        "unit": _unit_price(line, words),
        "vat": _vat_cell(line.category_code, line.rate_percent, words),
        "net": words.number(line.net_minor),
    }


def _unit_price(line: InvoiceLine, words: Wording) -> str:
    price, rest = divmod(line.net_minor, line.quantity)
    if rest == 0:
        return words.number(price)
    return f"{words.number(line.net_minor)} / {line.quantity}"


def _vat_cell(category_code: str, rate_percent: str | None, words: Wording) -> str:
    return words.percent(rate_percent) if category_code == "S" else category_code


def _printed_row(row: VatRow, words: Wording) -> list[str]:
    # A margin invoice shows no VAT, nor a zero that could be read as one (directive 2006/112/EC art. 325).
    margin = row.category_code == "E"
    return [
        row.category_code,
        "–" if margin else words.percent(row.rate_percent),
        words.number(row.base_minor),
        words.label("no_vat_shown") if margin else words.number(row.vat_minor),
    ]


def _totals(invoice: Invoice, words: Wording) -> Iterator[dict[str, Any]]:
    def row(name: str, minor: int, strong: bool = False) -> dict[str, Any]:
        return {"label": words.label(name), "value": words.amount(minor), "strong": strong}

    if invoice.shipping or invoice.discount:
        yield row("lines_total", invoice.lines_minor)
    if invoice.discount:
        yield row("discount", -invoice.discount_minor)
    if invoice.shipping:
        yield row("shipping", invoice.shipping_minor)
    if not _margin_only(invoice):
        yield row("net_total", invoice.net_minor)
        yield row("vat_total", invoice.vat_minor)
    if invoice.accounting_vat is not None:
        other = Wording(words.language, invoice.accounting_vat.currency)
        yield {
            "label": words.label("vat_accounting", currency=invoice.accounting_vat.currency),
            "value": other.amount(invoice.accounting_vat.vat_minor),
            "strong": False,
        }
    yield row("gross_total", invoice.gross_minor, strong=True)
    if invoice.rounding_minor:
        yield row("rounding", invoice.rounding_minor)
    yield row(_settled_label(invoice), -invoice.paid_minor)
    yield row("due", invoice.due_minor, strong=True)


def _settled_label(invoice: Invoice) -> str:
    if invoice.kind != CREDIT_NOTE:
        return "paid"
    if invoice.settled_by is not None:
        return "set_off"
    return "credited" if invoice.payment.due_on is None else "to_refund"


def _payment_facts(invoice: Invoice, words: Wording) -> Iterator[list[str]]:
    payment = invoice.payment
    if invoice.settled_by is not None:
        yield [words.label("settled_by"), invoice.settled_by]
        yield [words.label("settled_reference"), payment.reference]
        return
    yield [words.label("means"), words.label(f"means_{payment.means}")]
    if invoice.kind == CREDIT_NOTE and payment.due_on is not None:
        # The paper is made before the money goes: it promises a day, and claims nothing.
        yield [words.label("refund_until"), words.day(payment.due_on)]
    elif payment.paid_on is not None:
        yield [words.label("refunded_on" if invoice.kind == CREDIT_NOTE else "paid_on"), words.day(payment.paid_on)]
    elif payment.due_on is not None:
        yield [words.label("due_on"), words.day(payment.due_on)]
    yield [words.label("reference" if invoice.due_minor else "settled_reference"), payment.reference]


def _account_facts(invoice: Invoice, words: Wording) -> Iterator[list[str]]:
    account = invoice.account
    if account is None:
        return
    yield [words.label("virtual_iban"), grouped_iban(account.iban)]
    if account.bic:
        yield [words.label("bic"), account.bic]
    yield [words.label("holder"), account.holder]
    yield from ([label, value] for label, value in account.local_details)


def _payment_sentences(invoice: Invoice, words: Wording) -> list[str]:
    if invoice.account is None:
        return []
    provider = invoice.account.provider
    if invoice.settled_by is not None:
        taken_over = words.label("taken_over", number=invoice.settled_by)
        return [taken_over, words.label("account_of_customer", provider=provider)]
    moved = "refunded_by" if invoice.kind == CREDIT_NOTE else "collected"
    return [words.label(moved, provider=provider), words.label("account_of_customer", provider=provider)]


def _statements(invoice: Invoice, words: Wording) -> list[str]:
    mandate = [mandate_sentence(invoice, words)] if invoice.platform is not None else []
    return mandate + [note.text for note in invoice.notes if note.code not in _NOT_PRINTED_NOTES]


def _footer(invoice: Invoice, words: Wording) -> list[str]:
    seller = invoice.seller
    first = [seller.name, seller.legal_form or "", seller.register_entry or ""]
    if seller.vat_number and not invoice.out_of_scope:
        first.append(f"{words.label('vat_number')} {seller.vat_number}")
    support = [f"{words.label('support')} {seller.phone}" if seller.phone else "", seller.email or ""]
    lines = (" · ".join(part for part in parts if part) for parts in (first, support))
    return [line for line in lines if line]
