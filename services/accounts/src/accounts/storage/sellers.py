"""Seller cases: row ↔ aggregate."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from accounts.domain.errors import SellerNotFound
from accounts.domain.seller import ADMITTED, Regime, Seller, SellerState
from accounts.storage import rows, tables
from accounts.storage.locks import wait_in_line
from chassis.db.repository import Repository


class SellerRepository(Repository[Seller]):
    """What may be given once, an invoice prefix or the place in a single-seller market, is given out under a lock."""

    table = tables.sellers
    not_found = SellerNotFound

    async def invoice_prefixes(self) -> frozenset[str]:
        """All that were ever given out; rivals who are about to choose one wait until this transaction ends."""
        await wait_in_line(self._connection, "invoice prefixes")
        column = self.table.c.invoice_prefix
        found = await self._connection.execute(select(column).where(column.is_not(None)))
        return frozenset(found.scalars())

    async def has_admitted(self, market: str) -> bool:
        """Ask, and keep rivals who ask about the same market waiting until this transaction ends."""
        await wait_in_line(self._connection, f"admission to {market}")
        admitted = await self._connection.execute(
            select(self.table.c.id).where(
                self.table.c.markets.contains([market]), self.table.c.state.in_([str(state) for state in ADMITTED])
            )
        )
        return admitted.first() is not None

    def to_row(self, aggregate: Seller) -> dict[str, Any]:
        """Column values."""
        return {
            **vars(aggregate),
            "markets": list(aggregate.markets),
            "regimes": [str(regime) for regime in aggregate.regimes],
            "return_address": aggregate.return_address and asdict(aggregate.return_address),
            "return_addresses": [asdict(address) for address in aggregate.return_addresses],
            "ship_from": list(aggregate.ship_from),
            "mandate": rows.mandate_to(aggregate.mandate),
            "owners": rows.owners_to(aggregate.owners),
            "tax": rows.tax_to(aggregate.tax),
            "tax_request": rows.tax_request_to(aggregate.tax_request),
        }

    def from_row(self, row: Mapping[str, Any]) -> Seller:
        """The case of a row."""
        return Seller(
            **{
                **row,
                "state": SellerState(row["state"]),
                "markets": tuple(row["markets"]),
                "regimes": tuple(Regime(regime) for regime in row["regimes"]),
                "return_address": row["return_address"] and rows.address_from(row["return_address"]),
                "return_addresses": tuple(rows.address_from(one) for one in row["return_addresses"]),
                "ship_from": tuple(row["ship_from"]),
                "mandate": rows.mandate_from(row["mandate"]),
                "owners": rows.owners_from(row["owners"]),
                "tax": rows.tax_from(row["tax"]),
                "tax_request": rows.tax_request_from(row["tax_request"]),
            }
        )
