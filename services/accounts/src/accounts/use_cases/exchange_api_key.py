"""A key is exchanged for a grant, of which a short token is made."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.api_key import hash_of
from accounts.domain.errors import ApiKeyRefused
from accounts.domain.scopes import Grant
from accounts.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ExchangeApiKey:
    """The key as its owner keeps it. `at` is real time."""

    key: str
    at: datetime


async def exchange_api_key(command: ExchangeApiKey, uow: UnitOfWork, now: datetime) -> Grant:
    """Unknown, revoked and expired look the same; a closed company's keys open nothing.

    Whoever exchanges keys remembers the answer for a minute, so the note of the use is on nobody's way.
    """
    key = await uow.api_keys.find_by_hash(hash_of(command.key))
    if key is None:
        raise ApiKeyRefused()
    key.must_work(command.at)
    (await uow.companies.get(key.company_id)).must_be_active()
    if key.use_is_news(command.at):
        await uow.api_keys.note_use(key.id, command.at)
    return Grant(key.id, key.company_id, key.kind, key.market, key.scopes, ends_at=key.expires_at)
