"""A company takes a key back."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import ApiKeyNotFound
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RevokeApiKey:
    """`at` is real time."""

    company_id: Id
    key_id: Id
    at: datetime


async def revoke_api_key(command: RevokeApiKey, uow: UnitOfWork, now: datetime) -> None:
    """Tokens already made of it live on for their few minutes; no new ones are made."""
    key = await uow.api_keys.get(command.key_id)
    if key.company_id != command.company_id:
        raise ApiKeyNotFound(id=str(command.key_id))
    await uow.api_keys.save(key.revoke(command.at))
