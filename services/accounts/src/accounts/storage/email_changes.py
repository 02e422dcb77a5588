"""Changes of e-mail addresses: row ↔ aggregate."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.domain.email_change import EmailChange, EmailChangeState
from accounts.domain.errors import EmailChangeNotFound
from accounts.storage import rows, tables
from chassis.db.repository import Repository, among
from chassis.kernel.ids import Id

_PENDING = [str(EmailChangeState.ASKED), str(EmailChangeState.GRANTED)]


class EmailChangeRepository(Repository[EmailChange]):
    """The new address is personal and stays here."""

    table = tables.email_changes
    not_found = EmailChangeNotFound

    async def pending_of(self, user_id: Id) -> Sequence[EmailChange]:
        """What a person has asked for and not used yet."""
        return await self.where(self.table.c.user_id == user_id, among(self.table.c.state, _PENDING))

    def to_row(self, aggregate: EmailChange) -> dict[str, Any]:
        """Column values."""
        return {**vars(aggregate), "link": rows.link_to(aggregate.link)}

    def from_row(self, row: Mapping[str, Any]) -> EmailChange:
        """The change of a row."""
        return EmailChange(**{**row, "state": EmailChangeState(row["state"]), "link": rows.link_from(row["link"])})
