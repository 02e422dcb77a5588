"""Users, wallets and virtual accounts."""

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.accounts import User, VirtualAccount, Wallet
from sandbox.domain.errors import InsufficientFunds, NoSuchUser, NoSuchWallet, UnknownIban
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import iban_numbers, users, virtual_accounts, wallets


async def add_user(tx: AsyncConnection, user: User) -> None:
    await tx.execute(
        insert(users).values(
            id=user.id,
            reference=user.reference,
            kind=user.kind,
            name=user.name,
            country=user.country,
            created_at=user.created_at,
        )
    )


async def require_user(tx: AsyncConnection, user_id: str) -> None:
    """Raises NoSuchUser."""
    if await tx.scalar(select(users.c.seq).where(users.c.id == user_id)) is None:
        raise NoSuchUser


async def list_users(tx: AsyncConnection, reference: str | None, window: Window) -> Page[User]:
    query = select(users)
    if reference is not None:
        query = query.where(users.c.reference == reference)
    return await read_page(tx, query, users.c.seq, window, _user)


async def add_wallet(tx: AsyncConnection, wallet: Wallet) -> None:
    await tx.execute(
        insert(wallets).values(
            id=wallet.id,
            owner_id=wallet.owner_id,
            reference=wallet.reference,
            currency=wallet.currency,
            balance_minor=wallet.balance.minor,
            created_at=wallet.created_at,
        )
    )


async def get_wallet(tx: AsyncConnection, wallet_id: str) -> Wallet:
    """Raises NoSuchWallet."""
    row = (await tx.execute(select(wallets).where(wallets.c.id == wallet_id))).first()
    if row is None:
        raise NoSuchWallet
    return _wallet(row)


async def lock_wallets(tx: AsyncConnection, *wallet_ids: str) -> dict[str, Wallet]:
    """The wallets, locked in id order so that two transfers in opposite directions never wait for each other."""
    query = select(wallets).where(wallets.c.id.in_(wallet_ids)).order_by(wallets.c.id).with_for_update()
    found = {row.id: _wallet(row) for row in await tx.execute(query)}
    if len(found) < len(set(wallet_ids)):
        raise NoSuchWallet
    return found


async def list_wallets(tx: AsyncConnection, reference: str | None, window: Window) -> Page[Wallet]:
    query = select(wallets)
    if reference is not None:
        query = query.where(wallets.c.reference == reference)
    return await read_page(tx, query, wallets.c.seq, window, _wallet)


async def change_balance(tx: AsyncConnection, wallet_id: str, by_minor: int) -> None:
    """Raises InsufficientFunds where the balance would fall below zero."""
    after = wallets.c.balance_minor + by_minor
    changed = await tx.execute(update(wallets).where(wallets.c.id == wallet_id, after >= 0).values(balance_minor=after))
    if changed.rowcount == 0:
        raise InsufficientFunds


async def next_iban_number(tx: AsyncConnection) -> int:
    number: int = await tx.scalar(iban_numbers.next_value().select())  # type: ignore[assignment]
    return number


async def add_virtual_account(tx: AsyncConnection, account: VirtualAccount) -> None:
    await tx.execute(
        insert(virtual_accounts).values(
            id=account.id,
            reference=account.reference,
            wallet_id=account.wallet_id,
            iban=account.iban,
            bic=account.bic,
            holder_name=account.holder_name,
            country=account.country,
            currency=account.currency,
            created_at=account.created_at,
        )
    )


async def get_account_by_iban(tx: AsyncConnection, iban: str) -> VirtualAccount:
    """Raises UnknownIban."""
    row = (await tx.execute(select(virtual_accounts).where(virtual_accounts.c.iban == iban))).first()
    if row is None:
        raise UnknownIban
    return _virtual_account(row)


async def list_virtual_accounts(tx: AsyncConnection, reference: str | None, window: Window) -> Page[VirtualAccount]:
    query = select(virtual_accounts)
    if reference is not None:
        query = query.where(virtual_accounts.c.reference == reference)
    return await read_page(tx, query, virtual_accounts.c.seq, window, _virtual_account)


def _user(row: Row[Any]) -> User:
    return User(row.id, row.reference, row.kind, row.name, row.country, row.created_at)


def _wallet(row: Row[Any]) -> Wallet:
    balance = Money(row.balance_minor, row.currency)
    return Wallet(row.id, row.owner_id, row.reference, row.currency, balance, row.created_at)


def _virtual_account(row: Row[Any]) -> VirtualAccount:
    return VirtualAccount(
        row.id,
        row.reference,
        row.wallet_id,
        row.iban,
        row.bic,
        row.holder_name,
        row.country,
        row.currency,
        row.created_at,
    )
