"""Begins a refund: stored before anything is asked of the provider, sent by an errand."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.psp_account import psp_account_id_of
from payments.domain.refund import Refund, Source, create_refund, means_of
from payments.use_cases.ports import UnitOfWork


async def begin_refund(
    source: Source,
    buyer_id: Id,
    amount: Money,
    cause: str,
    uow: UnitOfWork,
    now: datetime,
    order_id: Id | None,
    seller_order_id: Id | None = None,
) -> Refund | None:
    """None if the same refund was begun before: a double click, or a fact that came twice."""
    due_at = await _due_at(source, buyer_id, amount.currency, order_id, uow, now)
    refund, created = create_refund(
        source, buyer_id, amount, cause, now, order_id, due_at, seller_order_id=seller_order_id
    )
    if not await uow.refunds.add_if_new(refund):
        return None
    uow.publish(created)
    await uow.timers.set("send_refund", refund.id, now)
    return refund


async def _due_at(
    source: Source, buyer_id: Id, currency: str, order_id: Id | None, uow: UnitOfWork, now: datetime
) -> datetime | None:
    """The last second promised: by the order's rules, or for money on no order by those in force where the buyer is."""
    order = await uow.held_orders.find(order_id) if order_id else None
    if order is not None:
        return uow.rules.of_version(order.policy_version).refund_until(means_of(source), now)
    account = await uow.psp_accounts.find(psp_account_id_of(buyer_id, currency))
    return uow.rules.in_force(account.market, now.date()).refund_until(means_of(source), now) if account else None
