"""Settlements: row ↔ aggregate."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists

from chassis.db.repository import Repository
from chassis.kernel.money import Money
from payments.domain.commission import Commission
from payments.domain.errors import NoSuchSettlement
from payments.domain.settlement import Settlement, SettlementState
from payments.storage import tables


class SettlementRepository(Repository[Settlement]):
    """One per seller order."""

    table = tables.settlements
    not_found = NoSuchSettlement

    async def payable(self, market: str) -> list[Settlement]:
        """Released ones that are in no payout under way."""
        items = tables.payout_items
        under_way = exists().where(items.c.seller_order_id == self.table.c.id, items.c.active)
        return await self.where(
            self.table.c.market == market, self.table.c.state == SettlementState.RELEASED, ~under_way
        )

    def to_row(self, aggregate: Settlement) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "state": aggregate.state,
            "order_id": aggregate.order_id,
            "seller_id": aggregate.seller_id,
            "buyer_id": aggregate.buyer_id,
            "market": aggregate.market,
            "policy_version": aggregate.policy_version,
            "currency": aggregate.invoiced.currency,
            "invoiced_minor": aggregate.invoiced.minor,
            "commission_net_minor": aggregate.commission.net.minor,
            "commission_vat_minor": aggregate.commission.vat.minor,
            "commission_vat_category": aggregate.commission.vat_category,
            "commission_vat_rate_percent": aggregate.commission.vat_rate_percent,
            "credited_minor": aggregate.credited_minor,
            "credited_commission_net_minor": aggregate.credited_net_minor,
            "credited_commission_vat_minor": aggregate.credited_vat_minor,
            "released_minor": aggregate.released_minor,
            "swept_minor": aggregate.swept_minor,
            "pending_at": aggregate.pending_at,
            "released_at": aggregate.released_at,
            "payout_id": aggregate.payout_id,
        }

    def from_row(self, row: Mapping[str, Any]) -> Settlement:
        """The aggregate."""
        currency = row["currency"]
        return Settlement(
            id=row["id"],
            version=row["version"],
            state=SettlementState(row["state"]),
            order_id=row["order_id"],
            seller_id=row["seller_id"],
            buyer_id=row["buyer_id"],
            market=row["market"],
            policy_version=row["policy_version"],
            invoiced=Money(row["invoiced_minor"], currency),
            commission=Commission(
                net=Money(row["commission_net_minor"], currency),
                vat=Money(row["commission_vat_minor"], currency),
                vat_category=row["commission_vat_category"],
                vat_rate_percent=row["commission_vat_rate_percent"],
            ),
            pending_at=row["pending_at"],
            released_at=row["released_at"],
            payout_id=row["payout_id"],
            credited_minor=row["credited_minor"],
            credited_net_minor=row["credited_commission_net_minor"],
            credited_vat_minor=row["credited_commission_vat_minor"],
            released_minor=row["released_minor"],
            swept_minor=row["swept_minor"],
        )
