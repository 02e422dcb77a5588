"""A company takes a key back."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import ApiKeyNotFound
from accounts.domain.revocation import Revoked
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import revoke
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RevokeApiKey:
    """`at` is real time."""

    company_id: Id
    key_id: Id
    at: datetime


async def revoke_api_key(command: RevokeApiKey, uow: UnitOfWork, now: datetime) -> None:
    """No new tokens are made of it, and those that were are refused everywhere within seconds."""
    key = await uow.api_keys.get(command.key_id)
    if key.company_id != command.company_id:
        raise ApiKeyNotFound(id=str(command.key_id))
    await uow.api_keys.save(key.revoke(command.at))
    await revoke(Revoked.API_KEY, key.id, command.at, uow)
