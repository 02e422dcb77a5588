"""Authenticators and recovery codes of people: row ↔ aggregate."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from accounts.domain.second_factor import AuthenticatorState, SecondFactor
from accounts.storage import tables
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class SecondFactorRepository(Repository[SecondFactor]):
    """A row per person who ever wanted one."""

    table = tables.second_factors

    async def of(self, user_id: Id) -> SecondFactor:
        """The person's; rivals who are the first to ask get the same one."""
        row = self.to_row(SecondFactor(user_id, 1))
        await self._connection.execute(insert(self.table).values(row).on_conflict_do_nothing())
        return await self.get(user_id)

    def to_row(self, aggregate: SecondFactor) -> dict[str, Any]:
        """Column values."""
        return {**vars(aggregate), "recovery_hashes": list(aggregate.recovery_hashes)}

    def from_row(self, row: Mapping[str, Any]) -> SecondFactor:
        """The second factor of a row."""
        state, hashes = AuthenticatorState(row["authenticator"]), tuple(row["recovery_hashes"])
        return SecondFactor(**{**row, "authenticator": state, "recovery_hashes": hashes})
