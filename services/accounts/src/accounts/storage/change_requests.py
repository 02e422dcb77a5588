"""Change requests: row ↔ aggregate; the database guards that a company has one open at a time."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from accounts.domain.change_request import ChangeRequest, PayoutAccount, RequestState
from accounts.domain.errors import ChangeRequestNotFound
from accounts.domain.profile import ProfileChange
from accounts.storage import rows, tables
from accounts.storage.locks import wait_in_line
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class ChangeRequestRepository(Repository[ChangeRequest]):
    """What is asked for is kept as it was typed."""

    table = tables.change_requests
    not_found = ChangeRequestNotFound

    async def open_of(self, company_id: Id) -> ChangeRequest | None:
        """The open one; rivals who ask for the same company wait until this transaction ends."""
        await wait_in_line(self._connection, f"change requests of {company_id}")
        columns = self.table.c
        found = await self.where(columns.company_id == company_id, columns.state == str(RequestState.OPEN))
        return found[0] if found else None

    def to_row(self, aggregate: ChangeRequest) -> dict[str, Any]:
        """Column values; what shall stay as it is is not kept."""
        change = {name: value for name, value in asdict(aggregate.change).items() if value is not None}
        return {**vars(aggregate), "change": change, "payout": aggregate.payout and asdict(aggregate.payout)}

    def from_row(self, row: Mapping[str, Any]) -> ChangeRequest:
        """The request of a row."""
        kept = dict(row["change"])
        if "address" in kept:
            kept["address"] = rows.address_from(kept["address"])
        payout = row["payout"] and PayoutAccount(**row["payout"])
        fields = {"state": RequestState(row["state"]), "change": ProfileChange(**kept), "payout": payout}
        return ChangeRequest(**{**row, **fields})
