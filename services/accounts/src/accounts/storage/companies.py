"""Companies: row ↔ aggregate."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from accounts.domain.company import Company, CompanyKind, CompanyState
from accounts.domain.errors import CompanyNotFound
from accounts.storage import rows, tables
from chassis.db.repository import Repository


class CompanyRepository(Repository[Company]):
    """Names and addresses live here and in `parties` of who fetched them, nowhere else."""

    table = tables.companies
    not_found = CompanyNotFound

    def to_row(self, aggregate: Company) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "kind": aggregate.kind,
            "state": aggregate.state,
            "market": aggregate.market,
            "legal_name": aggregate.legal_name,
            "country": aggregate.country,
            "registration_number": aggregate.registration_number,
            "vat_numbers": [rows.vat_number_to(vat) for vat in aggregate.vat_numbers],
            "address": asdict(aggregate.address),
            "contact": asdict(aggregate.contact),
            "language": aggregate.language,
            "legal_form": aggregate.legal_form,
            "share_capital": aggregate.share_capital,
        }

    def from_row(self, row: Mapping[str, Any]) -> Company:
        """The company of a row."""
        return Company(
            **{
                **row,
                "kind": CompanyKind(row["kind"]),
                "state": CompanyState(row["state"]),
                "vat_numbers": tuple(rows.vat_number_from(vat) for vat in row["vat_numbers"]),
                "address": rows.address_from(row["address"]),
                "contact": rows.contact_from(row["contact"]),
            }
        )
