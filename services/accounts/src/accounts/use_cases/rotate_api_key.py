"""A company replaces a key: the new one works at once, the old one for a while longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.api_key import ApiKey
from accounts.domain.errors import ApiKeyNotFound
from accounts.domain.revocation import Revoked
from accounts.domain.scopes import Grant
from accounts.use_cases.create_api_key import CreateApiKey, create_api_key
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import revoke
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RotateApiKey:
    """`overlap` is at most `OVERLAP_MAX`; nothing at all ends the old key at once. `at` is real time."""

    maker: Grant
    old_id: Id
    id: Id
    hash: str
    last_four: str
    overlap: timedelta
    at: datetime


async def rotate_api_key(command: RotateApiKey, uow: UnitOfWork, now: datetime) -> ApiKey:
    """The same name and scopes, at most the maker's; one that expires gets as long a life again."""
    old = await uow.api_keys.get(command.old_id)
    if old.company_id != command.maker.company_id:
        raise ApiKeyNotFound(id=str(command.old_id))
    old.must_work(command.at)
    life = old.expires_at - old.created_at if old.expires_at else None
    making = CreateApiKey(
        maker=command.maker,
        id=command.id,
        name=old.name,
        scopes=old.scopes,
        hash=command.hash,
        last_four=command.last_four,
        at=command.at,
        expires_at=command.at + life if life else None,
    )
    new = await create_api_key(making, uow, now)
    if command.overlap:
        await uow.api_keys.save(old.ends_at(command.at + command.overlap))
    else:
        await uow.api_keys.save(old.revoke(command.at))
        await revoke(Revoked.API_KEY, old.id, command.at, uow)
    return new
