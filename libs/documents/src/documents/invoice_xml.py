"""The invoice as Cross Industry Invoice XML, profile EN 16931, checked against its schema."""

from datetime import date
from threading import Lock
from typing import Any

import facturx

from documents.invoice_data import CREDIT_NOTE, DocumentAmount, Invoice, InvoiceLine, VatRow
from documents.line_parts import named_parts
from documents.parties import Address, DeliverTo, Party
from documents.wording import Wording, decimal_text, iso_country

_MEANS_CODES = {"card": "48", "transfer": "58", "unknown": "57", "netting": "97"}
_PIECE = "C62"
_FREIGHT_SERVICE = "FC"
_DISCOUNT = "95"

# The library edits a module-level list while it reads parties, so two threads must not be in it at the same time.
_one_at_a_time = Lock()


def invoice_xml(invoice: Invoice, words: Wording) -> bytes:
    """UTF-8 XML. Raises what the schema check of the library raises when the data does not fit."""
    with _one_at_a_time:
        xml: bytes = facturx.generate_xml(
            _terms(invoice, words), flavor="factur-x", level="en16931", check_xsd=True, check_schematron=False
        )
    return xml


def _terms(invoice: Invoice, words: Wording) -> dict[str, Any]:
    payment = invoice.payment
    terms: dict[str, Any] = {
        "BT-1": invoice.number,
        "BT-2": invoice.issue_date,
        "BT-3": str(invoice.kind),
        "BT-5": invoice.currency,
        "BT-9": payment.paid_on if _settled(invoice) else payment.due_on,
        "BT-13": invoice.buyer_reference,
        "BT-14": invoice.order_number,
        "BT-16": invoice.delivery_note,
        "BT-23": _process(invoice),
        "BT-72": _supplied_on(invoice),
        "BT-81": _MEANS_CODES[payment.means],
        "BT-83": payment.reference,
        "BG-1": [{"BT-21": code, "BT-22": text} for code, text in _notes(invoice, words)],
        "BG-4": _party(invoice.seller, invoice.out_of_scope) | _seller_contact(invoice.seller),
        "BG-7": _party(invoice.buyer, invoice.out_of_scope),
        "BG-20": [_document_amount(part, words.label("discount"), _DISCOUNT) for part in invoice.discount],
        "BG-21": [_document_amount(part, words.label("shipping"), _FREIGHT_SERVICE) for part in invoice.shipping],
        "BG-23": [_vat_row(row) for row in invoice.breakdown],
        "BG-25": [_line(index, line, words) for index, line in enumerate(invoice.lines, start=1)],
        "BT-106": decimal_text(invoice.lines_minor),
        "BT-109": decimal_text(invoice.net_minor),
        "BT-110": decimal_text(invoice.vat_minor),
        "BT-112": decimal_text(invoice.gross_minor),
        "BT-113": decimal_text(invoice.paid_minor),
        "BT-115": decimal_text(invoice.due_minor),
    }
    if invoice.discount:
        terms["BT-107"] = decimal_text(invoice.discount_minor)
    if invoice.shipping:
        terms["BT-108"] = decimal_text(invoice.shipping_minor)
    if invoice.rounding_minor:
        terms["BT-114"] = decimal_text(invoice.rounding_minor)
    if invoice.accounting_vat is not None:
        terms["BT-6"] = invoice.accounting_vat.currency
        terms["BT-111"] = decimal_text(invoice.accounting_vat.vat_minor)
    if invoice.deliver_to is not None:
        terms["BG-13"] = _delivery(invoice.deliver_to)
    if invoice.preceding is not None:
        terms["BG-3"] = [{"BT-25": invoice.preceding.number, "BT-26": invoice.preceding.issue_date}]
    if invoice.period is not None:
        terms["BT-73"], terms["BT-74"] = invoice.period
    # A transfer must name its account (BR-61); with a card the account would invite a second payment.
    if invoice.account is not None and payment.means == "transfer":
        terms["BT-84"] = invoice.account.iban.replace(" ", "")
        terms["BT-85"] = invoice.account.holder
        terms["BT-86"] = invoice.account.bic
    return {key: value for key, value in terms.items() if value not in (None, [])}


def _supplied_on(invoice: Invoice) -> date:
    """A service is supplied when its period ends. The schema refuses a delivery without any fact, so there is always a day."""
    if invoice.delivery_date is not None:
        return invoice.delivery_date
    return invoice.period[1] if invoice.period is not None else invoice.issue_date


def _process(invoice: Invoice) -> str:
    """BT-23 of the French profile: goods or services, and 2 when all is paid already (BR-FR-CO-09), else 1."""
    letter = "B" if invoice.supplies == "goods" else "S"
    return f"{letter}{2 if _settled(invoice) else 1}"


def _settled(invoice: Invoice) -> bool:
    return invoice.paid_minor == invoice.gross_minor and invoice.due_minor == 0


def _notes(invoice: Invoice, words: Wording) -> list[tuple[str, str]]:
    notes = [(note.code, note.text) for note in invoice.notes]
    if invoice.seller.legal_form:
        notes.append(("REG", invoice.seller.legal_form))
    if invoice.seller.register_entry:
        notes.append(("ABL", invoice.seller.register_entry))
    if invoice.platform is not None:
        notes.append(("DCL", mandate_sentence(invoice, words)))
    return notes


def mandate_sentence(invoice: Invoice, words: Wording) -> str:
    """Who made the document for whom; French sellers need it in French whatever the document's language."""
    french = iso_country(invoice.seller.address.country) == "FR"
    own = Wording("fr", invoice.currency) if french else words
    name = "mandate_credit_note" if invoice.kind == CREDIT_NOTE else "mandate"
    return own.label(name, platform=invoice.platform or "", seller=invoice.seller.name)


def _party(party: Party, out_of_scope: bool) -> dict[str, Any]:
    terms: dict[str, Any] = {"name": party.name, **_address(party.address)}
    if party.vat_number is not None and not out_of_scope:
        terms["vat_identifier"] = party.vat_number
    if party.registration is not None:
        terms["legal_identifier"] = party.registration.value
        terms["legal_identifier_schemeid"] = party.registration.scheme
    if party.establishment is not None:
        terms["identifiers"] = {party.establishment.scheme: party.establishment.value}
    if party.endpoint is not None:
        terms["einvoicing_addr"] = party.endpoint.value
        terms["einvoicing_addr_schemeid"] = party.endpoint.scheme
    return {key: value for key, value in terms.items() if value is not None}


def _seller_contact(seller: Party) -> dict[str, Any]:
    contact = {"name": seller.name, "phone": seller.phone, "email": seller.email}
    return {"contacts": [contact]} if seller.phone or seller.email else {}


def _delivery(place: DeliverTo) -> dict[str, Any]:
    return {"name": place.name, **_address(place.address)}


def _address(address: Address) -> dict[str, str]:
    terms = {
        "addr_l1": address.line1,
        "addr_l2": address.line2,
        "postcode": address.postal_code,
        "city": address.city,
        "country_code": iso_country(address.country),
    }
    return {key: value for key, value in terms.items() if value}


def _document_amount(part: DocumentAmount, reason: str, reason_code: str) -> dict[str, Any]:
    return {
        "amount": decimal_text(part.net_minor),
        "reason": reason,
        "reason_code": reason_code,
        "vat_category_code": part.category_code,
    } | ({} if part.rate_percent is None else {"vat_rate": part.rate_percent})


def _vat_row(row: VatRow) -> dict[str, Any]:
    terms = {
        "BT-116": decimal_text(row.base_minor),
        "BT-117": decimal_text(row.vat_minor),
        "BT-118": row.category_code,
        "BT-119": row.rate_percent,
        "BT-120": row.reason,
        "BT-121": row.vatex,
    }
    return {key: value for key, value in terms.items() if value is not None}


def _line(number: int, line: InvoiceLine, words: Wording) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": str(line.quantity),
        "BT-130": _PIECE,
        "BT-131": decimal_text(line.net_minor),
        "BT-151": line.category_code,
        "BT-152": line.rate_percent,
        "BT-153": line.title,
        "BT-155": line.sku,
        "BG-32": [{"BT-160": name, "BT-161": value} for name, value in _attributes(line, words)],
    }
    if line.net_minor % line.quantity == 0:
        terms["BT-146"] = decimal_text(line.net_minor // line.quantity)
    else:
        # A net taken out of a VAT-inclusive price may not divide by the quantity; the price is then stated per all pieces.
        terms["BT-146"], terms["BT-149"] = decimal_text(line.net_minor), str(line.quantity)
    return {key: value for key, value in terms.items() if value not in (None, [])}


def _attributes(line: InvoiceLine, words: Wording) -> list[tuple[str, str]]:
    named = [(words.label("grade"), line.grade), (words.label("warranty"), line.warranty)]
    named += named_parts(line.parts, words)
    return [(name, value) for name, value in named if value] + [(serial.kind, serial.value) for serial in line.serials]
