"""What must hold before an invoice is made; the schema and the schematron do not catch all of it."""

from fractions import Fraction

from documents.errors import (
    DueDateMissing,
    ExemptionReasonMissing,
    IntraCommunityFactsMissing,
    PaymentAccountMissing,
    PrecedingInvoiceMissing,
    StatutoryNoteMissing,
    TotalsDoNotAdd,
)
from documents.invoice_data import CREDIT_NOTE, Invoice, VatRow
from documents.wording import data, iso_country


def check(invoice: Invoice) -> None:
    """Raises the first refusal that applies, in the order of this function."""
    _check_sums(invoice)
    if invoice.kind == CREDIT_NOTE and invoice.preceding is None:
        raise PrecedingInvoiceMissing(invoice.number)
    if invoice.account is None and invoice.payment.means != "netting":
        raise PaymentAccountMissing(invoice.number)
    if invoice.due_minor > 0 and invoice.payment.due_on is None:
        raise DueDateMissing(f"{invoice.number}: {invoice.due_minor} still due")
    _check_reasons(invoice)
    _check_notes(invoice)


def _check_sums(invoice: Invoice) -> None:
    for row in invoice.breakdown:
        _check_row(invoice, row)
    groups = {(line.category_code, line.rate_percent) for line in invoice.lines}
    if groups != {(row.category_code, row.rate_percent) for row in invoice.breakdown}:
        raise TotalsDoNotAdd("the VAT breakdown has other categories than the lines")
    if invoice.net_minor != invoice.lines_minor + invoice.shipping_minor - invoice.discount_minor:
        raise TotalsDoNotAdd("the total without VAT is not lines + shipping - discount (BR-CO-13)")
    if invoice.vat_minor != sum(row.vat_minor for row in invoice.breakdown):
        raise TotalsDoNotAdd("the total VAT is not the sum of the breakdown (BR-CO-14)")
    if invoice.gross_minor != invoice.net_minor + invoice.vat_minor:
        raise TotalsDoNotAdd("the total with VAT is not net + VAT (BR-CO-15)")
    if not 0 <= invoice.paid_minor <= invoice.gross_minor + invoice.rounding_minor:
        raise TotalsDoNotAdd("the amount paid is more than the total (BR-CO-16)")


def _check_row(invoice: Invoice, row: VatRow) -> None:
    group = (row.category_code, row.rate_percent)
    lines = sum(line.net_minor for line in invoice.lines if (line.category_code, line.rate_percent) == group)
    shipping = sum(part.net_minor for part in invoice.shipping if (part.category_code, part.rate_percent) == group)
    discount = sum(part.net_minor for part in invoice.discount if (part.category_code, part.rate_percent) == group)
    if row.base_minor != lines + shipping - discount:
        raise TotalsDoNotAdd(f"the base of {group} is not its lines + shipping - discount")
    # The schematron tolerates a VAT that is some cents off; BR-CO-17 with HALF_UP is exact, so the check is exact.
    exact = Fraction(row.base_minor) * Fraction(row.rate_percent or "0") / 100
    if not Fraction(-1, 2) < row.vat_minor - exact <= Fraction(1, 2):
        raise TotalsDoNotAdd(f"the VAT of {group} is not base x rate, rounded half up (BR-CO-17)")


def _check_reasons(invoice: Invoice) -> None:
    for row in invoice.breakdown:
        if row.category_code != "S" and not row.reason:
            raise ExemptionReasonMissing(row.category_code)
        if row.category_code == "K" and invoice.supplies == "goods":
            facts = (invoice.seller.vat_number, invoice.buyer.vat_number, invoice.delivery_date, invoice.deliver_to)
            if any(fact is None for fact in facts):
                raise IntraCommunityFactsMissing(invoice.number)


def _check_notes(invoice: Invoice) -> None:
    needed = data("required_notes").get(iso_country(invoice.seller.address.country), [])
    missing = set(needed) - {note.code for note in invoice.notes}
    if missing:
        raise StatutoryNoteMissing(", ".join(sorted(missing)))
