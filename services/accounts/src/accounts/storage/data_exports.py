"""Exports: row ↔ aggregate, with the archive while it can be fetched."""

from collections.abc import Mapping
from typing import Any

from accounts.domain.data_export import DataExport, ExportState
from accounts.domain.errors import ExportNotFound
from accounts.storage import tables
from chassis.db.repository import Repository
from chassis.kernel.personal_data import Subject


class DataExportRepository(Repository[DataExport]):
    """Few, and gone within a week."""

    table = tables.data_exports
    not_found = ExportNotFound

    def to_row(self, aggregate: DataExport) -> dict[str, Any]:
        """Column values."""
        row = {**vars(aggregate)}
        subject: Subject = row.pop("subject")
        return {**row, "company_id": subject.company_id, "user_id": subject.person_id}

    def from_row(self, row: Mapping[str, Any]) -> DataExport:
        """The export of a row."""
        values = dict(row)
        subject = Subject(values.pop("company_id"), values.pop("user_id"))
        return DataExport(**{**values, "subject": subject, "state": ExportState(values["state"])})
