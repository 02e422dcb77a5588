"""Payments: row ↔ aggregate."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from chassis.db.write_behind import WriteBehindRepository
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.errors import NoSuchPayment
from payments.domain.payment import HeldOrder, Payment, PaymentState, VirtualAccount
from payments.storage import tables

# A transfer that names an older order than this is looked at by a person.
_MATCHED_FOR = timedelta(days=180)
_MATCHED_MAX = 500
_OPEN = (PaymentState.OPENED, PaymentState.PARTIALLY_PAID)


class PaymentRepository(WriteBehindRepository[Payment]):
    """One payment per order (unique in the database)."""

    table = tables.payments
    not_found = NoSuchPayment

    async def of_buyer(self, buyer_id: Id) -> list[Payment]:
        """All open ones, and the others of the last half year."""
        rows = self.table.c
        newest = select(func.max(rows.opened_at)).where(rows.buyer_id == buyer_id).scalar_subquery()
        wanted = or_(rows.state.in_(_OPEN), rows.opened_at > newest - _MATCHED_FOR)
        return await self.where(rows.buyer_id == buyer_id, wanted, limit=_MATCHED_MAX)

    def to_row(self, aggregate: Payment) -> dict[str, Any]:
        """Column values."""
        order, account = aggregate.order, aggregate.account
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "order_id": order.order_id,
            "number": order.number,
            "buyer_id": order.buyer_id,
            "market": order.market,
            "policy_version": order.policy_version,
            "currency": order.amount.currency,
            "due_minor": order.amount.minor,
            "received_minor": aggregate.received.minor,
            "state": aggregate.state,
            "iban": account.iban if account else None,
            "bic": account.bic if account else None,
            "account_holder": account.holder_name if account else None,
            "opened_at": aggregate.opened_at,
            "secured_at": aggregate.secured_at,
            "closed_at": aggregate.closed_at,
            "closed_reason": aggregate.closed_reason,
            "card_token": aggregate.card_token,
            "method": aggregate.method,
            "capture": aggregate.capture,
        }

    def from_row(self, row: Mapping[str, Any]) -> Payment:
        """The aggregate."""
        currency = row["currency"]
        return Payment(
            id=row["id"],
            version=row["version"],
            order=HeldOrder(
                row["order_id"],
                row["number"],
                row["buyer_id"],
                row["market"],
                row["policy_version"],
                Money(row["due_minor"], currency),
            ),
            state=PaymentState(row["state"]),
            received=Money(row["received_minor"], currency),
            account=VirtualAccount(row["iban"], row["bic"], row["account_holder"]) if row["iban"] else None,
            opened_at=row["opened_at"],
            secured_at=row["secured_at"],
            closed_at=row["closed_at"],
            closed_reason=row["closed_reason"],
            card_token=row["card_token"],
            method=row["method"],
            capture=row["capture"],
        )
