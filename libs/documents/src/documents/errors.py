"""Why a document is refused before it is made, each with a stable code."""


class DocumentRefused(ValueError):
    """A document that must not be issued as it stands."""

    code = "document_refused"


class UnknownLanguage(DocumentRefused):
    """Documents are not written in this language."""

    code = "unknown_language"


class UnknownCurrency(DocumentRefused):
    """Documents cannot show this currency."""

    code = "unknown_currency"


class TotalsDoNotAdd(DocumentRefused):
    """The parts of the document do not add up to its totals."""

    code = "totals_do_not_add"


class PrecedingInvoiceMissing(DocumentRefused):
    """A credit note must name the number and date of the invoice it corrects."""

    code = "preceding_invoice_missing"


class PaymentAccountMissing(DocumentRefused):
    """The virtual IBAN always stands on a sale invoice."""

    code = "payment_account_missing"


class StatutoryNoteMissing(DocumentRefused):
    """The law of the seller's country asks for a note that is not there."""

    code = "statutory_note_missing"


class ExemptionReasonMissing(DocumentRefused):
    """A VAT category without VAT must say why."""

    code = "exemption_reason_missing"


class IntraCommunityFactsMissing(DocumentRefused):
    """An intra-Community supply needs both VAT numbers, the delivery date and the delivery address."""

    code = "intra_community_facts_missing"


class DueDateMissing(DocumentRefused):
    """An amount still due needs the day by which it is due."""

    code = "due_date_missing"
