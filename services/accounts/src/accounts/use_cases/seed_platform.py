"""At every start: the operator's company, its person and key, and the auditor's key are as the environment says."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.domain.api_key import ApiKey, hash_of, id_of
from accounts.domain.company import Company, CompanyKind, CompanyState
from accounts.domain.email_address import same_email
from accounts.domain.platform import OPERATOR_COMPANY, OPERATOR_USER
from accounts.domain.revocation import Revoked
from accounts.domain.scopes import SCOPES_BY_KIND
from accounts.domain.user import User, UserState
from accounts.domain.values import Address, Contact
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import end_sessions_of, revoke


@dataclass(frozen=True)
class SeedPlatform:
    """`password_hash` None keeps the password that is there. `at` is real time."""

    name: str
    country: str
    language: str
    email: str
    password_hash: str | None
    operator_key: str
    auditor_key: str
    at: datetime


async def seed_platform(command: SeedPlatform, uow: UnitOfWork, now: datetime) -> None:
    """Idempotent; a key that the environment no longer names is revoked."""
    if await uow.companies.find(OPERATOR_COMPANY) is None:
        await _add_company(command, uow)
    await _seed_user(command, uow)
    for kind, key in (("operator", command.operator_key), ("auditor", command.auditor_key)):
        await _seed_key(kind, key, command.at, uow)


async def _add_company(command: SeedPlatform, uow: UnitOfWork) -> None:
    company = Company(
        id=OPERATOR_COMPANY,
        version=1,
        kind=CompanyKind.OPERATOR,
        state=CompanyState.PENDING_ACTIVATION,
        market=None,
        legal_name=command.name,
        country=command.country,
        registration_number="",
        vat_numbers=(),
        address=Address("", "", "", command.country),
        contact=Contact(command.name, same_email(command.email)),
        language=command.language,
    )
    await uow.companies.add(company)
    active, activated = company.activate()
    await uow.companies.save(active)
    uow.publish(company.registered(OPERATOR_USER), activated)


async def _seed_user(command: SeedPlatform, uow: UnitOfWork) -> None:
    email = same_email(command.email)
    user = await uow.users.find(OPERATOR_USER)
    if user is None:
        assert command.password_hash is not None, "a new operator needs a password"
        user = User(
            OPERATOR_USER, 1, OPERATOR_COMPANY, "operator", UserState.ACTIVE, email, command.name, command.password_hash
        )
        await uow.users.add(user)
    elif user.email != email or command.password_hash is not None:
        await uow.users.save(user.with_sign_in(email, command.password_hash or user.password_hash or ""))
        await end_sessions_of(user.id, command.at, uow)


async def _seed_key(kind: str, text: str, at: datetime, uow: UnitOfWork) -> None:
    name = f"{kind} (environment)"
    hash = hash_of(text)
    seeded = [key for key in await uow.api_keys.of_company(OPERATOR_COMPANY) if key.name == name]
    for key in seeded:
        if key.hash != hash and key.revoked_at is None:
            await uow.api_keys.save(key.revoke(at))
            await revoke(Revoked.API_KEY, key.id, at, uow)
        elif key.hash == hash and key.scopes != SCOPES_BY_KIND[kind]:
            # What operators and auditors may do has changed since the key was made.
            await uow.api_keys.save(replace(key, version=key.version + 1, scopes=SCOPES_BY_KIND[kind]))
    if all(key.hash != hash for key in seeded):
        scopes = SCOPES_BY_KIND[kind]
        await uow.api_keys.add(ApiKey(id_of(text), 1, OPERATOR_COMPANY, kind, None, name, scopes, hash, at))
