"""Labels for devices: a QR code that leads to the public page of the passport."""

from html import escape
from io import BytesIO

import segno

# Readable from a scuffed box.
_ERROR_CORRECTION = "m"
_SCALE = 8


class UnitLabels:
    """Under the name by which buyers' browsers find the platform."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url.rstrip("/")

    def check_url(self, code: str) -> str:
        """Where whoever scans the code is led."""
        return f"{self._public_url}/check/{code}"

    def label(self, code: str, title: str) -> str:
        """The QR code as SVG, with the title for who cannot see it."""
        picture = BytesIO()
        made = segno.make_qr(self.check_url(code), error=_ERROR_CORRECTION)
        made.save(picture, kind="svg", scale=_SCALE, xmldecl=False, title=escape(title), desc=self.check_url(code))
        return picture.getvalue().decode()
