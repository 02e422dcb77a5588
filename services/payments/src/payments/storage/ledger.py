"""The books: journals and postings are only ever added; balances move with them and refuse to be overdrawn."""

from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from payments.domain.accounts import Account
from payments.domain.errors import AccountWouldBeOverdrawn
from payments.domain.journal import Journal
from payments.storage.tables import journals, ledger_accounts, postings

# A balance is added to, never written: two journals of one account queue for its row and both count. The first statement
# makes the row, because a check on an inserted negative amount would fire before the amount is added to what is there.
_OPEN = text(
    "insert into ledger_accounts (name, currency, grows_by, balance_minor) values (:name, :currency, :grows_by, 0) "
    "on conflict do nothing"
)
_MOVE = text(
    "update ledger_accounts set balance_minor = balance_minor + :change_minor where name = :name and currency = :currency"
)
_NOT_OVERDRAWN = "ledger_accounts_not_overdrawn"


class LedgerRepository:
    """Posts journals."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def post(self, journal: Journal) -> bool:
        """False if this rule was posted for this cause before; raises AccountWouldBeOverdrawn."""
        entry = journal.entry
        statement = (
            upsert(journals)
            .values(
                id=journal.id,
                kind=entry.kind,
                cause=journal.cause,
                currency=entry.currency,
                order_id=entry.order_id,
                seller_order_id=entry.seller_order_id,
                posted_at=journal.posted_at,
            )
            .on_conflict_do_nothing()
            .returning(journals.c.id)
        )
        if (await self._connection.execute(statement)).first() is None:
            return False
        await self._connection.execute(insert(postings), _rows(journal))
        try:
            # In name order, so that two journals never wait for each other in a circle.
            for account, change in sorted(_changes(journal).items(), key=lambda pair: pair[0].name):
                keys = {"name": account.name, "currency": entry.currency}
                await self._connection.execute(_OPEN, {**keys, "grows_by": account.grows_by})
                await self._connection.execute(_MOVE, {**keys, "change_minor": change})
        except IntegrityError as error:
            if _NOT_OVERDRAWN in str(error.orig):
                raise AccountWouldBeOverdrawn(kind=str(entry.kind), cause=journal.cause) from error
            raise
        return True

    async def balance_minor(self, account: Account, currency: str) -> int:
        """What is on an account, in the direction in which it grows; 0 if nothing was ever posted to it."""
        c = ledger_accounts.c
        statement = select(c.balance_minor).where(c.name == account.name, c.currency == currency)
        return (await self._connection.execute(statement)).scalar() or 0


def _rows(journal: Journal) -> list[dict[str, Any]]:
    return [
        {
            "journal_id": journal.id,
            "n": n,
            "account": posting.account.name,
            "currency": posting.amount.currency,
            "side": posting.side,
            "amount_minor": posting.amount.minor,
        }
        for n, posting in enumerate(journal.entry.postings)
    ]


def _changes(journal: Journal) -> dict[Account, int]:
    changes: dict[Account, int] = {}
    for posting in journal.entry.postings:
        changes[posting.account] = changes.get(posting.account, 0) + posting.change_minor
    return changes
