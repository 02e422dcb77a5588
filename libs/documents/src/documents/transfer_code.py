"""The QR code a European banking app reads to fill in a SEPA transfer (EPC069-12)."""

from io import BytesIO

import segno

from documents.parties import Account

# EPC069-12: the scheme knows euro only, amounts from 0.01 to 999,999,999.99, names of 70 and texts of 140 characters.
_CURRENCY = "EUR"
_LARGEST_MINOR = 99_999_999_999
_NAME_LENGTH = 70
_TEXT_LENGTH = 140
# Any of the eight masks can be read. Weighing them all to find the prettiest would cost as much as the rest of the paper.
_MASK = 4


def transfer_code(account: Account, amount_minor: int, currency: str, reference: str) -> str | None:
    """SVG of the code, or None where the scheme does not reach."""
    if currency != _CURRENCY or not 0 < amount_minor <= _LARGEST_MINOR:
        return None
    payload = "\n".join(
        [
            "BCD",
            "002",
            "1",  # UTF-8
            "SCT",
            account.bic or "",
            account.holder[:_NAME_LENGTH],
            account.iban.replace(" ", ""),
            f"{_CURRENCY}{amount_minor // 100}.{amount_minor % 100:02}",
            "",
            "",
            reference[:_TEXT_LENGTH],
        ]
    )
    # Level M is the only one that the scheme allows.
    code = segno.make_qr(payload, error="m", boost_error=False, encoding="utf-8", mask=_MASK)
    drawing = BytesIO()
    code.save(drawing, kind="svg", scale=4, border=2, light="#ffffff")
    return drawing.getvalue().decode("utf-8")
