"""VAT numbers: what the simulated VIES answers about one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stdnum.eu import vat

VatStatus = Literal["valid", "invalid", "unavailable"]


@dataclass(frozen=True, slots=True)
class VatAnswer:
    """One answer; a consultation number proves a check that was made with a valid requester (VIES checkVatApprox)."""

    status: VatStatus
    vat_number: str
    name: str | None
    consultation_number: str | None
    checked_at: datetime


def compact_vat_number(text: str) -> str:
    """Upper case, letters and digits only."""
    return "".join(character for character in text.upper() if character.isalnum())


def checksum_status(vat_number: str) -> VatStatus:
    """Valid when an EU or Northern Irish number has the right check digits: the sandbox knows no register."""
    return "valid" if vat.is_valid(vat_number) else "invalid"


def demo_name(vat_number: str) -> str:
    """A name for a number nobody was named for."""
    return f"Demo company {vat_number}"
