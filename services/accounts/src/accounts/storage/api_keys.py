"""API keys: row ↔ dataclass, found by hash."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import update

from accounts.domain.api_key import ApiKey
from accounts.domain.errors import ApiKeyNotFound
from accounts.storage import tables
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class ApiKeyRepository(Repository[ApiKey]):
    """A lookup by hash needs no constant-time comparison: whoever can aim at a hash knows the key."""

    table = tables.api_keys
    not_found = ApiKeyNotFound

    async def find_by_hash(self, hash: str) -> ApiKey | None:
        """The key, revoked or not."""
        found = await self.where(self.table.c.hash == hash)
        return found[0] if found else None

    async def note_use(self, id: Id, at: datetime) -> None:
        """Beside the version, so that a use never stands in the way of a change."""
        await self._connection.execute(update(self.table).where(self.table.c.id == id).values(last_used_at=at))

    async def of_company(self, company_id: Id) -> Sequence[ApiKey]:
        """All its keys."""
        return await self.where(self.table.c.company_id == company_id)

    def to_row(self, aggregate: ApiKey) -> dict[str, Any]:
        """Column values."""
        return {**asdict(aggregate), "scopes": sorted(aggregate.scopes)}

    def from_row(self, row: Mapping[str, Any]) -> ApiKey:
        """The key of a row."""
        return ApiKey(**{**row, "scopes": frozenset(row["scopes"])})
