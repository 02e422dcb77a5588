"""Small values that companies and sellers are made of: addresses, contacts, VAT numbers and what the register said."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.numbers import check_vat_number

_NORTHERN_IRELAND = "XI"


@dataclass(frozen=True)
class Address:
    """A postal address; `country` is ISO 3166."""

    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True)
class Contact:
    """The person mails are written to."""

    name: str
    email: str
    phone: str | None = None


class VatStatus(StrEnum):
    """What is known about a VAT number. A register that does not answer is a state of its own, never "invalid"."""

    NOT_ASKED = "not_asked"
    NOT_COVERED = "not_covered"
    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class VatAnswer:
    """What VIES said: with the name it knows and, if a requester was named, the consultation number that proves it."""

    status: VatStatus
    checked_at: datetime
    name: str | None = None
    consultation_number: str | None = None


@dataclass(frozen=True)
class VatNumber:
    """A VAT number of one country, with its prefix, and the register's last answer about it."""

    country: str
    number: str
    answer: VatAnswer | None = None

    @property
    def status(self) -> VatStatus:
        """The register's last word, or why there is none."""
        if self.answer is not None:
            return self.answer.status
        return VatStatus.NOT_ASKED if self.asked_in_vies else VatStatus.NOT_COVERED

    @property
    def asked_in_vies(self) -> bool:
        """VIES knows the member states and Northern Ireland (XI); Great Britain has left it."""
        return not self.number.startswith("GB")

    def answered(self, answer: VatAnswer) -> "VatNumber":
        """The same number with a newer answer."""
        return replace(self, answer=answer)


def vat_number(country: str, typed: str) -> VatNumber:
    """Checked offline for form and check digits; raises `VatNumberInvalid`. VIES is asked later.

    A company of Northern Ireland sits in GB and may have a number that begins with XI.
    """
    issuer = _NORTHERN_IRELAND if typed.strip().upper().startswith(_NORTHERN_IRELAND) else country
    return VatNumber(country, check_vat_number(issuer, typed))
