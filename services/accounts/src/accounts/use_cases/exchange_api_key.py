"""A key is exchanged for a grant, of which a short token is made."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.api_key import hash_of
from accounts.domain.errors import ApiKeyRefused
from accounts.domain.scopes import Grant
from accounts.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ExchangeApiKey:
    """The key as its owner keeps it."""

    key: str


async def exchange_api_key(command: ExchangeApiKey, uow: UnitOfWork, now: datetime) -> Grant:
    """Unknown and revoked look the same; a closed company's keys open nothing."""
    key = await uow.api_keys.find_by_hash(hash_of(command.key))
    if key is None or key.revoked_at is not None:
        raise ApiKeyRefused()
    (await uow.companies.get(key.company_id)).must_be_active()
    return Grant(key.id, key.company_id, key.kind, key.market, key.scopes)
