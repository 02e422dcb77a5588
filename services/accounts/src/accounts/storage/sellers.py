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
        found = await self._connection.execute(select(self.table.c.invoice_prefix))
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
            "id": aggregate.id,
            "version": aggregate.version,
            "state": aggregate.state,
            "markets": list(aggregate.markets),
            "regimes": [str(regime) for regime in aggregate.regimes],
            "payout_iban": aggregate.payout_iban,
            "payout_holder": aggregate.payout_holder,
            "return_address": asdict(aggregate.return_address),
            "support_phone": aggregate.support_phone,
            "invoice_prefix": aggregate.invoice_prefix,
            "reason": aggregate.reason,
            "next_step": aggregate.next_step,
            "mandate": rows.mandate_to(aggregate.mandate),
            "answer": aggregate.answer,
        }

    def from_row(self, row: Mapping[str, Any]) -> Seller:
        """The case of a row."""
        return Seller(
            **{
                **row,
                "state": SellerState(row["state"]),
                "markets": tuple(row["markets"]),
                "regimes": tuple(Regime(regime) for regime in row["regimes"]),
                "return_address": rows.address_from(row["return_address"]),
                "mandate": rows.mandate_from(row["mandate"]),
            }
        )
