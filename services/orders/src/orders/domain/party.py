"""A company as orders needs to know it: a snapshot taken from accounts, kept ahead of need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from chassis.kernel.ids import Id
from tax import NO_VAT_NUMBER, BuyerVat, VatStatus

# What accounts says of a number it has no answer for; the tax rules only ask whether there is an answer.
_NO_ANSWER = ("not_asked", "not_covered", "unavailable")


@dataclass(frozen=True)
class Party:
    """The snapshot as accounts gave it; `version` is the company's version there."""

    company_id: Id
    version: int
    snapshot: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The legal name."""
        return str(self.snapshot["legal_name"])

    @property
    def country(self) -> str | None:
        """Where the company is established."""
        country: str | None = self.snapshot.get("country")
        return country

    @property
    def vat_prefixes(self) -> frozenset[str]:
        """The countries whose VAT numbers it has, as the numbers write them (EL, XI)."""
        return frozenset(number[:2] for number in self._numbers.values())

    def vat_towards(self, delivery_country: str) -> BuyerVat:
        """The number a buyer uses for a delivery: that of the country delivered to, else of its own, else its first."""
        numbers = self._numbers
        if not numbers:
            return NO_VAT_NUMBER
        preferred = (delivery_country, self.country or "", next(iter(numbers)))
        country = next(one for one in preferred if one in numbers)
        number = numbers[country]
        evidence = (self.snapshot.get("vat_checks") or {}).get(country) or {}
        status = evidence.get("status", "unavailable")
        checked_at = evidence.get("checked_at")
        return BuyerVat(
            number=number,
            country=number[:2],
            status="unavailable" if status in _NO_ANSWER else cast(VatStatus, status),
            checked_at=datetime.fromisoformat(checked_at) if checked_at else None,
        )

    @property
    def _numbers(self) -> Mapping[str, str]:
        return cast(Mapping[str, str], self.snapshot.get("vat_numbers") or {})
