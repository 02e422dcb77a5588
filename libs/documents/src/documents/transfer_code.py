"""The QR code a European banking app reads to fill in a SEPA transfer (EPC069-12)."""

from decimal import Decimal
from io import BytesIO

import segno.helpers

from documents.parties import Account

# EPC069-12: the scheme knows euro only, amounts from 0.01 to 999,999,999.99, names of 70 and texts of 140 characters.
_CURRENCY = "EUR"
_LARGEST_MINOR = 99_999_999_999
_NAME_LENGTH = 70
_TEXT_LENGTH = 140


def transfer_code(account: Account, amount_minor: int, currency: str, reference: str) -> str | None:
    """SVG of the code, or None where the scheme does not reach."""
    if currency != _CURRENCY or not 0 < amount_minor <= _LARGEST_MINOR:
        return None
    code = segno.helpers.make_epc_qr(
        name=account.holder[:_NAME_LENGTH],
        iban=account.iban.replace(" ", ""),
        bic=account.bic,
        amount=Decimal(amount_minor) / 100,
        text=reference[:_TEXT_LENGTH],
    )
    drawing = BytesIO()
    code.save(drawing, kind="svg", scale=4, border=2, light="#ffffff")
    return drawing.getvalue().decode("utf-8")
