"""Passkeys: row ↔ dataclass; the database guards that a credential is one person's."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from accounts.domain.errors import PasskeyKnown, PasskeyNotFound
from accounts.domain.passkey import Passkey
from accounts.storage import tables
from chassis.db.repository import Repository, among
from chassis.kernel.ids import Id

_UNIQUE_VIOLATION = "23505"


class PasskeyRepository(Repository[Passkey]):
    """One that is removed leaves nothing behind."""

    table = tables.passkeys
    not_found = PasskeyNotFound

    async def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        """Whosever it is."""
        found = await self.where(self.table.c.credential_id == credential_id)
        return found[0] if found else None

    async def of_user(self, user_id: Id) -> Sequence[Passkey]:
        """Oldest first."""
        return await self.where(self.table.c.user_id == user_id)

    async def add(self, *aggregates: Passkey) -> None:
        """Insert, or `PasskeyKnown`."""
        try:
            await super().add(*aggregates)
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION:
                raise PasskeyKnown() from error
            raise

    async def remove(self, *aggregates: Passkey) -> None:
        """For good."""
        gone = [one.id for one in aggregates]
        await self._connection.execute(delete(self.table).where(among(self.table.c.id, gone)))

    def to_row(self, aggregate: Passkey) -> dict[str, Any]:
        """Column values."""
        return {**vars(aggregate)}

    def from_row(self, row: Mapping[str, Any]) -> Passkey:
        """The passkey of a row."""
        return Passkey(**row)
