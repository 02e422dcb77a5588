"""The claim window of a seller order is over: its money becomes available and goes into the next payout run."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.ledger_rules import released
from payments.domain.settlement import Settlement, SettlementState
from payments.use_cases.fund_waiting import fund_waiting, recover_advance
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry
from payments.use_cases.run_payouts import plan_payout_run


@dataclass(frozen=True)
class ReleaseSettlement:
    """`closed_at` is when the claim window ended."""

    seller_order_id: Id
    closed_at: datetime


async def release_settlement(command: ReleaseSettlement, uow: UnitOfWork, now: datetime) -> None:
    """Before the invoice is stored there is nothing to release: the fact is kept and used then."""
    await uow.lock(command.seller_order_id)
    await uow.shipments.close_window(command.seller_order_id, command.closed_at)
    settlement = await uow.settlements.find(command.seller_order_id)
    if settlement is not None and settlement.state == SettlementState.PENDING:
        await release(settlement, uow, now)


async def release(settlement: Settlement, uow: UnitOfWork, now: datetime) -> None:
    """P6: Dr seller.pending Cr seller.available. Refunds that wait for the seller's money come first, then payouts."""
    await uow.lock(settlement.seller_id)
    settlement, event = settlement.release(now)
    await uow.settlements.save(settlement)
    uow.publish(event)
    if settlement.amount.minor:
        entry = released(settlement.order_id, settlement.id, settlement.seller_id, settlement.amount)
        await post_entry(entry, f"seller_order/{settlement.id}", uow, now)
        await uow.timers.set("move_released", settlement.id, now)
        currency = settlement.amount.currency
        if await fund_waiting(settlement.seller_id, currency, uow, now):
            await recover_advance(settlement.seller_id, currency, settlement.id, uow, now)
    await plan_payout_run(settlement.market, uow, now)
