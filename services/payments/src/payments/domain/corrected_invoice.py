"""What stands on the two documents that correct a contested invoice: all of it credited, and the same again with other names."""

from dataclasses import replace
from datetime import date

from documents.invoice_data import Invoice as Paper
from documents.invoice_data import PrecedingInvoice
from payments.domain.contest import CorrectionNotCarried, NothingToCorrect
from payments.domain.credit_note import Credited, draw_up_credit_note
from payments.domain.party import Party

# Without the buyer's VAT number these categories are against the law (directive 2006/112/EC, art. 226 (4)).
_NEED_A_VAT_NUMBER = frozenset({"AE", "K"})


def draw_up_corrected(
    original: Paper, seller: Party, buyer: Party, origin: str, destination: str, number: str, day: date
) -> Paper:
    """The same goods, amounts and VAT, between the companies as they describe themselves now.

    `origin` and `destination` are the countries whose VAT numbers stand on it. Raises NothingToCorrect where it would say
    the same again, and CorrectionNotCarried where its VAT would need a number that the buyer does not have.
    """
    categories = {row.category_code for row in original.breakdown}
    shown = "O" not in categories
    corrected = replace(
        original,
        seller=seller.on_paper(origin, with_vat_number=shown),
        buyer=buyer.on_paper(destination, with_vat_number=shown),
    )
    if corrected == original:
        raise NothingToCorrect(number=original.number)
    if categories & _NEED_A_VAT_NUMBER and corrected.buyer.vat_number is None:
        raise CorrectionNotCarried(why="vat_number_missing")
    return replace(
        corrected, number=number, issue_date=day, preceding=PrecedingInvoice(original.number, original.issue_date)
    )


def draw_up_cancelling(original: Paper, number: str, day: date, replaced_by: str) -> Paper:
    """The credit note of the whole invoice; the new one takes its amount over, so nothing is given back."""
    units = {serial.value for line in original.lines for serial in line.serials}
    paper = draw_up_credit_note(original, units, Credited(), number, day, day)
    return replace(paper, payment=replace(paper.payment, due_on=None), settled_by=replaced_by)
