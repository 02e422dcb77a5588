"""Payouts with their items; a settlement is in one live payout at most (unique in the database)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select, update

from chassis.db.repository import Repository
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.errors import NoSuchPayout
from payments.domain.payout import Creditor, Payout, PayoutItem, PayoutState
from payments.storage import tables


class PayoutRepository(Repository[Payout]):
    """Items are written with the payout; a failed payout lets its settlements go."""

    table = tables.payouts
    not_found = NoSuchPayout

    async def get_many(self, ids: Sequence[Id]) -> list[Payout]:
        """With their items."""
        found = await super().get_many(ids)
        items = tables.payout_items
        rows = (await self._connection.execute(select(items).where(items.c.payout_id.in_(ids)))).all()
        return [
            replace(
                payout,
                items=tuple(
                    PayoutItem(
                        row.seller_order_id,
                        row.buyer_id,
                        Money(row.amount_minor, _currency(payout)),
                        Money(row.commission_minor, _currency(payout)),
                    )
                    for row in sorted(rows, key=lambda row: str(row.seller_order_id))
                    if row.payout_id == payout.id
                ),
            )
            for payout in found
        ]

    async def under_way_minor(self, seller_id: Id, currency: str) -> int:
        """What of a seller's released money is on its way to the bank: still in the books, but not free."""
        c = self.table.c
        statement = select(func.coalesce(func.sum(c.amount_minor), 0)).where(
            c.seller_id == seller_id,
            c.currency == currency,
            c.state.in_((PayoutState.CREATED, PayoutState.SENT)),
        )
        return int((await self._connection.execute(statement)).scalar_one())

    async def add(self, *aggregates: Payout) -> None:
        """The payouts, and the claim on their settlements."""
        await super().add(*aggregates)
        for payout in aggregates:
            await self._connection.execute(
                insert(tables.payout_items),
                [
                    {
                        "payout_id": payout.id,
                        "seller_order_id": item.seller_order_id,
                        "buyer_id": item.buyer_id,
                        "amount_minor": item.amount.minor,
                        "commission_minor": item.commission.minor,
                        "active": True,
                    }
                    for item in payout.items
                ],
            )

    async def save(self, aggregate: Payout) -> None:
        """Compare and set; a failed payout's items are free."""
        await super().save(aggregate)
        if aggregate.state == PayoutState.FAILED:
            items = tables.payout_items
            await self._connection.execute(update(items).where(items.c.payout_id == aggregate.id).values(active=False))

    def to_row(self, aggregate: Payout) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "state": aggregate.state,
            "seller_id": aggregate.seller_id,
            "market": aggregate.market,
            "currency": aggregate.currency,
            "amount_minor": aggregate.amount.minor,
            "commission_minor": aggregate.commission.minor,
            "withheld_minor": aggregate.withheld_minor,
            "creditor_name": aggregate.creditor.name,
            "creditor_iban": aggregate.creditor.iban,
            "created_at": aggregate.created_at,
            "finished_at": aggregate.finished_at,
            "failure_reason": aggregate.failure_reason,
        }

    def from_row(self, row: Mapping[str, Any]) -> Payout:
        """The aggregate; `get_many` puts the real items in the place of the sum."""
        total = PayoutItem(
            row["id"],
            row["id"],
            Money(row["amount_minor"] + row["withheld_minor"], row["currency"]),
            Money(row["commission_minor"], row["currency"]),
        )
        return Payout(
            id=row["id"],
            version=row["version"],
            state=PayoutState(row["state"]),
            seller_id=row["seller_id"],
            market=row["market"],
            creditor=Creditor(row["creditor_name"], row["creditor_iban"]),
            items=(total,),
            created_at=row["created_at"],
            withheld_minor=row["withheld_minor"],
            finished_at=row["finished_at"],
            failure_reason=row["failure_reason"],
        )


def _currency(payout: Payout) -> str:
    return payout.currency
