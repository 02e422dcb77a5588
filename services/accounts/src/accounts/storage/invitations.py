"""Invitations: row ↔ aggregate."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.domain.errors import InvitationNotFound
from accounts.domain.invitation import Invitation, InvitationState
from accounts.domain.scopes import Role
from accounts.storage import rows, tables
from accounts.storage.locks import wait_in_line
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class InvitationRepository(Repository[Invitation]):
    """The token itself is not kept: it is made of the nonce again when the mail is written."""

    table = tables.invitations
    not_found = InvitationNotFound

    async def open_of(self, company_id: Id) -> Sequence[Invitation]:
        """All open ones; rivals who ask for the same company wait until this transaction ends."""
        await wait_in_line(self._connection, f"invitations of {company_id}")
        columns = self.table.c
        return await self.where(columns.company_id == company_id, columns.state == str(InvitationState.OPEN))

    def to_row(self, aggregate: Invitation) -> dict[str, Any]:
        """Column values."""
        return {**vars(aggregate), "link": rows.link_to(aggregate.link)}

    def from_row(self, row: Mapping[str, Any]) -> Invitation:
        """The invitation of a row."""
        link = rows.link_from(row["link"])
        return Invitation(**{**row, "state": InvitationState(row["state"]), "role": Role(row["role"]), "link": link})
