"""Makes an invoice: the EN 16931 XML, the paper face, and the one file that carries both."""

import re
from hashlib import sha256

import facturx

from documents.invoice_checks import check
from documents.invoice_data import (
    AccountingVat,
    DocumentAmount,
    Invoice,
    InvoiceFiles,
    InvoiceLine,
    Note,
    Payment,
    PrecedingInvoice,
    Serial,
    VatRow,
)
from documents.invoice_paper import invoice_content
from documents.invoice_xml import invoice_xml
from documents.typesetting import typeset
from documents.wording import Wording

__all__ = [
    "AccountingVat",
    "DocumentAmount",
    "Invoice",
    "InvoiceFiles",
    "InvoiceLine",
    "Note",
    "Payment",
    "PrecedingInvoice",
    "Serial",
    "VatRow",
    "render",
]

# The clock's traces that the embedding leaves in the file: the document information and the XMP block.
# The PDF library may write a punctuation mark in octal: `\072` is a colon, `\053` a plus, `\047` an apostrophe.
_PDF_TIME = re.compile(rb"(D(?::|\\072))\d{14}((?:\+|\\053)00(?:'|\\047)00)")
_XMP_TIME = re.compile(rb"(<xmp:(?:CreateDate|ModifyDate)>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00(<)")


def render(invoice: Invoice) -> InvoiceFiles:
    """PDF/A-3b with the XML inside, the XML alone, and the digest of the PDF. The same invoice gives the same bytes.

    Raises a DocumentRefused when the invoice must not be issued (documents.errors). Takes some 50 ms: call it in a thread.
    """
    words = Wording(invoice.language, invoice.currency)
    check(invoice)
    xml = invoice_xml(invoice, words)
    content = invoice_content(invoice, words)
    face = typeset("invoice", content, invoice.issue_date)
    pdf = _timeless(_embed(face, xml, invoice, content["title"]), invoice)
    return InvoiceFiles(pdf=pdf, xml=xml, sha256=sha256(pdf).hexdigest())


def _embed(face: bytes, xml: bytes, invoice: Invoice, title: str) -> bytes:
    pdf: bytes = facturx.generate_from_binary(
        face,
        xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=False,
        check_schematron=False,
        lang=invoice.language,
        afrelationship="alternative",
        pdf_metadata={
            "author": invoice.seller.name,
            "keywords": f"{title}, Factur-X",
            "title": f"{invoice.seller.name}: {title} {invoice.number}",
            "subject": f"{title} {invoice.number}, {invoice.issue_date.isoformat()}, {invoice.seller.name}",
        },
        # Left uncompressed so that its two times can be set below.
        xmp_compression=False,
    )
    return pdf


def _timeless(pdf: bytes, invoice: Invoice) -> bytes:
    """Replace the time of making by the issue date, byte for byte, so that a document made twice is the same document."""
    day = invoice.issue_date
    pdf = _PDF_TIME.sub(rf"\g<1>{day:%Y%m%d}000000\g<2>".encode(), pdf)
    return _XMP_TIME.sub(rf"\g<1>{day.isoformat()}T00:00:00+00:00\g<2>".encode(), pdf)
