"""Deadline: the weekly payout run of a market; one payout per seller and currency."""

from datetime import datetime
from itertools import groupby

from chassis.kernel.ids import Id, derived_id
from payments.domain.party import Party
from payments.domain.payout import PayoutItem, create_payout
from payments.domain.settlement import Settlement
from payments.use_cases.fund_waiting import free_minor
from payments.use_cases.ports import UnitOfWork

_MARKETS = Id("2f6d0c1b-9a57-5f0a-8f43-7d1f6f2f7b02")


async def plan_payout_run(market: str, uow: UnitOfWork, now: datetime) -> None:
    """Something can be paid out: set the run of the market's next payout day."""
    rules = uow.rules.in_force(market, now.date())
    key = derived_id(_MARKETS, market)
    await uow.timers.set("payout_run", key, rules.next_payout_at(now), {"market": market})


async def run_payouts(market: str, uow: UnitOfWork, now: datetime) -> None:
    """Pay every seller whose released settlements reach the market's minimum; smaller sums wait for more."""
    rules = uow.rules.in_force(market, now.date())
    settlements = sorted(await uow.settlements.payable(market), key=_payee)
    for (seller_id, currency), group in groupby(settlements, key=_payee):
        earned = list(group)
        await uow.lock(seller_id)
        if await uow.reversals.waiting_of(seller_id, currency):
            # A buyer waits for this seller's money: it stays until the refund has it, or the platform advances it.
            await plan_payout_run(market, uow, now)
            continue
        free = await free_minor(seller_id, currency, uow)
        if free < rules.payout_minimum_minor:
            continue
        await _pay(earned, free, await uow.parties.find(seller_id), market, uow, now)


async def _pay(
    earned: list[Settlement], free: int, seller: Party | None, market: str, uow: UnitOfWork, now: datetime
) -> None:
    creditor = seller.creditor if seller else None
    if creditor is None:
        # Without a bank account, or while payouts are held, the money waits for the next run.
        await plan_payout_run(market, uow, now)
        return
    items = tuple(PayoutItem(one.id, one.buyer_id, one.amount, one.commission_left) for one in earned)
    withheld = max(0, sum(item.amount.minor for item in items) - free)
    payout, created = create_payout(earned[0].seller_id, market, creditor, items, now, withheld)
    await uow.payouts.add(payout)
    uow.publish(created)
    await uow.timers.set("send_payout", payout.id, now)


def _payee(settlement: Settlement) -> tuple[Id, str]:
    return settlement.seller_id, settlement.amount.currency
