"""A company makes a key for one of its programs."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.api_key import ApiKey, check_scopes
from accounts.domain.errors import ExpiryPast
from accounts.domain.scopes import Grant
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class CreateApiKey:
    """`maker` is who asks; only the hash and the last four letters of the key come in here. `at` is real time."""

    maker: Grant
    id: Id
    name: str
    scopes: frozenset[str]
    hash: str
    last_four: str
    at: datetime
    expires_at: datetime | None = None


async def create_api_key(command: CreateApiKey, uow: UnitOfWork, now: datetime) -> ApiKey:
    """At most the maker's scopes, and for the maker's company only."""
    maker = command.maker
    check_scopes(command.scopes, maker.scopes)
    if command.expires_at is not None and command.expires_at <= command.at:
        raise ExpiryPast()
    (await uow.companies.get(maker.company_id)).must_be_active()
    key = ApiKey(
        id=command.id,
        version=1,
        company_id=maker.company_id,
        kind=maker.kind,
        market=maker.market,
        name=command.name,
        scopes=command.scopes,
        hash=command.hash,
        created_at=command.at,
        expires_at=command.expires_at,
        last_four=command.last_four,
    )
    await uow.api_keys.add(key)
    return key
