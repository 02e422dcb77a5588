"""Balances by kind of account, in one pass over the accounts, at most every two seconds however many people watch."""

import asyncio
import time
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kernel.money import Money
from payments.domain.accounts import AccountKind
from payments.domain.figures import KindBalance
from payments.storage.tables import ledger_accounts

# No index: one on the balance would be written with every posting. A pass over a million accounts takes 0.2 s.
REMEMBERED_SECONDS = 2.0

_KIND = func.split_part(ledger_accounts.c.name, ":", 1).label("kind")
_BALANCES = (
    select(
        _KIND,
        ledger_accounts.c.currency,
        func.sum(ledger_accounts.c.balance_minor).label("minor"),
        func.count().label("accounts"),
    )
    # Most accounts are empty for good: dropped before they are grouped, they cost a tenth.
    .where(ledger_accounts.c.balance_minor != 0)
    .group_by(_KIND, ledger_accounts.c.currency)
    .order_by(_KIND, ledger_accounts.c.currency)
)


class LedgerFigures:
    """Reads on a connection of its own and remembers what it read for a moment."""

    def __init__(self, engine: AsyncEngine, remembered_seconds: float = REMEMBERED_SECONDS) -> None:
        self._engine = engine
        self._remembered_seconds = remembered_seconds
        self._known: Sequence[KindBalance] = ()
        self._valid_until = 0.0
        self._lock = asyncio.Lock()

    async def balances(self) -> Sequence[KindBalance]:
        """Every kind that is not empty, per currency."""
        async with self._lock:
            if time.monotonic() >= self._valid_until:
                self._known = await self._read()
                self._valid_until = time.monotonic() + self._remembered_seconds
            return self._known

    async def _read(self) -> Sequence[KindBalance]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_BALANCES)).all()
        return [KindBalance(AccountKind(row.kind), Money(int(row.minor), row.currency), row.accounts) for row in rows]
