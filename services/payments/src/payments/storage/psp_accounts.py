"""Accounts at the payment provider: row ↔ value."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.repository import among, rows_among
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id
from payments.domain.payment import VirtualAccount
from payments.domain.psp_account import PspAccount
from payments.storage.tables import psp_accounts


class PspAccountRepository:
    """Each errand that opens an account is the only one that writes its row, step after step."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, id: Id) -> PspAccount | None:
        """By its derived id."""
        session = session_of(self._connection)
        ahead: PspAccount | None = session.recall(_name(id), None) if session else None
        if ahead is not None:
            return ahead
        found = await self._where(psp_accounts.c.id == id)
        return found[0] if found else None

    async def of_company(self, company_id: Id) -> list[PspAccount]:
        """All currencies of a company."""
        return await self._where(psp_accounts.c.company_id == company_id)

    async def lock_by_virtual_account(self, virtual_account_id: str) -> PspAccount | None:
        """The buyer's account, locked until the transaction ends."""
        found = await self._where(psp_accounts.c.virtual_account_id == virtual_account_id, lock=True)
        return found[0] if found else None

    async def add_if_new(self, account: PspAccount) -> bool:
        """False if it was wanted before."""
        statement = insert(psp_accounts).values(_row(account)).on_conflict_do_nothing().returning(psp_accounts.c.id)
        return (await self._connection.execute(statement)).first() is not None

    async def save(self, account: PspAccount) -> None:
        """Write the next step."""
        row = _row(account)
        id = row.pop("id")
        await self._connection.execute(update(psp_accounts).where(psp_accounts.c.id == id).values(row))
        session = session_of(self._connection)
        if session is not None:
            session.remember(_name(account.id), None)

    async def _where(self, condition: ColumnElement[bool], *, lock: bool = False) -> list[PspAccount]:
        statement = select(psp_accounts).where(condition).order_by(psp_accounts.c.id)
        rows = await self._connection.execute(statement.with_for_update() if lock else statement)
        return [_account(dict(row)) for row in rows.mappings()]


async def read_accounts_ahead(session: Session, ids: Iterable[Id]) -> None:
    """For commands that will ask for these accounts."""
    for row in await rows_among(psp_accounts.c.id).read(session, values=list(ids)):
        session.remember(_name(row["id"]), _account(row))


async def lock_virtual_accounts(session: Session, virtual_account_ids: Iterable[str]) -> None:
    """For credits that will lock them one by one: taken together, and always in one order, no two batches wait for each other."""
    c = psp_accounts.c
    statement = select(c.id).where(among(c.virtual_account_id, virtual_account_ids)).order_by(c.id).with_for_update()
    await session.execute(statement)


def _name(id: Id) -> Hashable:
    return "psp account", id


def _row(account: PspAccount) -> dict[str, Any]:
    details = account.account
    return {
        "id": account.id,
        "company_id": account.company_id,
        "role": account.role,
        "market": account.market,
        "currency": account.currency,
        "country": account.country,
        "holder_name": account.holder_name,
        "user_id": account.user_id,
        "wallet_id": account.wallet_id,
        "virtual_account_id": account.virtual_account_id,
        "iban": details.iban if details else None,
        "bic": details.bic if details else None,
        "account_holder": details.holder_name if details else None,
    }


def _account(row: Mapping[str, Any]) -> PspAccount:
    return PspAccount(
        id=row["id"],
        company_id=row["company_id"],
        role=row["role"],
        market=row["market"],
        currency=row["currency"],
        country=row["country"],
        holder_name=row["holder_name"],
        user_id=row["user_id"],
        wallet_id=row["wallet_id"],
        virtual_account_id=row["virtual_account_id"],
        account=VirtualAccount(row["iban"], row["bic"], row["account_holder"]) if row["iban"] else None,
    )
