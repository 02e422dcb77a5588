"""What a platform has to know of its sellers for DAC7 (Directive (EU) 2021/514): validated fields and a request for them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from accounts.domain.errors import TaxDataWrong
from chassis.kernel.numbers import check_tax_number


class SellerNature(StrEnum):
    """A company, or a natural person who trades."""

    ENTITY = "entity"
    INDIVIDUAL = "individual"


@dataclass(frozen=True)
class TaxData:
    """`tax_number` (TIN) was issued by `tax_country`; establishments are ISO countries of the EU with a permanent one.

    `birth_date` and `birth_place` are of natural persons only. The rest of what is reported is the company's: its name,
    address, VAT and register numbers, and the payout account.
    """

    nature: SellerNature
    tax_number: str
    tax_country: str
    establishments: tuple[str, ...] = ()
    birth_date: date | None = None
    birth_place: str | None = None

    def checked(self, on: date) -> "TaxData":
        """The same with the number in its one spelling; raises `TaxNumberInvalid` and `TaxDataWrong`."""
        if self.nature is SellerNature.INDIVIDUAL:
            if self.birth_date is None or not self.birth_place:
                raise TaxDataWrong("a natural person tells date and place of birth")
            if not date(on.year - 120, 1, 1) <= self.birth_date < on:
                raise TaxDataWrong("nobody was born on that day")
        elif self.birth_date is not None or self.birth_place is not None:
            raise TaxDataWrong("a company has no birthday")
        if len(set(self.establishments)) != len(self.establishments):
            raise TaxDataWrong("a country stands there twice")
        return replace(self, tax_number=check_tax_number(self.tax_country, self.tax_number))


@dataclass(frozen=True)
class TaxRequest:
    """The operator's request for these data: how often it was reminded of, and when payouts are held. Business time."""

    asked_at: datetime
    due_at: datetime
    reminders: int = 0

    def reminded(self) -> "TaxRequest":
        """Once more."""
        return replace(self, reminders=self.reminders + 1)
