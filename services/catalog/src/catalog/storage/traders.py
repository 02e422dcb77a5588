"""Traders in PostgreSQL."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.trader import Trader, TraderAddress

_KEEP = text(
    "insert into traders (seller_id, version, snapshot, fetched_at) "
    "values (:seller_id, :version, cast(:snapshot as jsonb), :at) "
    "on conflict (seller_id) do update set version = excluded.version, snapshot = excluded.snapshot, "
    "fetched_at = excluded.fetched_at where traders.version <= excluded.version"
)
# Argument: the seller.
TRADER = "select seller_id, version, snapshot::text as snapshot from traders where seller_id = $1"


class TraderRecords:
    """One row a seller."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, trader: Trader, at: datetime) -> None:
        """Insert or replace; what is older than the stored snapshot is dropped, and so is what comes after an erasure."""
        told = {name: value for name, value in asdict(trader).items() if name not in ("seller_id", "version")}
        values = {"seller_id": trader.seller_id, "version": trader.version, "snapshot": json.dumps(told), "at": at}
        await self._connection.execute(_KEEP, values)


def trader_of_row(row: Any) -> Trader:
    """The trader in a row of TRADER, read by the bare driver."""
    told = json.loads(row["snapshot"])
    address = told.pop("address")
    return Trader(row["seller_id"], row["version"], address=TraderAddress(**address) if address else None, **told)
