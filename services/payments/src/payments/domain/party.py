"""A company as `accounts` described it last: what documents, payouts and the payment provider need of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.kernel.ids import Id
from documents.parties import Address, Identifier
from documents.parties import Party as PaperParty
from payments.domain.payout import Creditor
from tax import NO_VAT_NUMBER, BuyerVat

# Northern Ireland and Greece write their VAT numbers with letters that are not their ISO codes.
_ISO_OF_PREFIX = {"EL": "GR", "XI": "GB"}
_STATUS = {"valid": "valid", "invalid": "invalid"}


@dataclass(frozen=True)
class Party:
    """`snapshot` is the document of `GET /internal/parties/{id}`; `version` is the company's."""

    company_id: Id
    version: int
    snapshot: Mapping[str, Any]
    fetched_at: datetime

    @property
    def name(self) -> str:
        """The registered name."""
        return str(self.snapshot["legal_name"])

    @property
    def country(self) -> str:
        """ISO country of the seat."""
        return str(self.snapshot["address"]["country"])

    @property
    def invoice_prefix(self) -> str | None:
        """The seller's own beginning of invoice numbers; nobody else's invoices begin so."""
        prefix: str | None = self.snapshot.get("invoice_prefix")
        return prefix

    @property
    def creditor(self) -> Creditor | None:
        """Where payouts go; None while they are held for want of tax data."""
        if self.snapshot.get("payouts_held"):
            return None
        payout = self.snapshot.get("payout")
        return Creditor(str(payout["holder_name"]), str(payout["iban"])) if payout else None

    def vat(self, country: str | None = None) -> BuyerVat:
        """The VAT number of a country (its seat's, or the only one, where none is asked for) with what VIES said."""
        number = self._vat_number(country or self.country)
        if number is None:
            return NO_VAT_NUMBER
        checks: Mapping[str, Any] = self.snapshot.get("vat_checks") or {}
        own = (check for check in checks.values() if check["vat_number"] == number)
        evidence: Mapping[str, Any] = next(own, self.snapshot.get("vat_evidence") or {})
        checked = evidence.get("checked_at")
        return BuyerVat(
            number=number,
            country=number[:2],
            status=_STATUS.get(str(evidence.get("status")), "unavailable"),  # type: ignore[arg-type]
            checked_at=datetime.fromisoformat(checked) if checked else None,
        )

    def on_paper(self, vat_country: str | None = None, *, with_vat_number: bool = True) -> PaperParty:
        """As it stands on a document; `vat_country` is where the goods leave from."""
        return PaperParty(
            name=self.name,
            address=paper_address(self.snapshot["address"]),
            vat_number=self._vat_number(vat_country or self.country) if with_vat_number else None,
            registration=self._registration(),
            legal_form=self._legal_form(),
            phone=self.snapshot.get("support_phone"),
        )

    def _vat_number(self, country: str) -> str | None:
        numbers: Mapping[str, str] = self.snapshot.get("vat_numbers") or {}
        written = next((prefix for prefix in numbers if _ISO_OF_PREFIX.get(prefix) == country), country)
        # The number of that country where there is one, else the one of the seat, else the first.
        return next((numbers[one] for one in (country, written, self.country, *numbers) if one in numbers), None)

    def _legal_form(self) -> str | None:
        parts = (self.snapshot.get("legal_form"), self.snapshot.get("share_capital"))
        return ", ".join(str(part) for part in parts if part) or None

    def _registration(self) -> Identifier | None:
        number = self.snapshot.get("registration_number")
        return Identifier(str(number), self.snapshot.get("registration_scheme")) if number else None


def paper_address(address: Mapping[str, Any]) -> Address:
    """An address of a snapshot or an order, as documents print it."""
    return Address(
        line1=str(address["street"]),
        postal_code=str(address["postal_code"]),
        city=str(address["city"]),
        country=str(address["country"]),
    )
