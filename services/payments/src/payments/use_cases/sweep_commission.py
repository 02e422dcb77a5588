"""Errand: move the commission of a settled payout out of escrow into the platform's own wallet."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.ledger_rules import commission_swept
from payments.domain.platform import PLATFORM_ID
from payments.domain.psp_account import psp_account_id_of, want_psp_account
from payments.domain.settlement import Settlement
from payments.use_cases.find_route import find_route
from payments.use_cases.open_psp_account import open_psp_account
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.post_entry import post_entry


async def sweep_commission(payout_id: Id, run: Run, psp: Psp) -> None:
    """One transfer per seller order, named by it; then P7: Dr mkt.cash Cr psp.cash for all of them."""
    route = await run(partial(find_route, payout_id))
    platform = await open_psp_account(await run(partial(_want_platform_wallet, payout_id)), run, psp)
    assert platform.wallet_id is not None
    for settlement in await run(partial(plan_sweep, payout_id)):
        if settlement.swept_minor:
            wallet = route.wallet_of_buyer[settlement.buyer_id]
            amount = Money(settlement.swept_minor, settlement.invoiced.currency)
            await psp.transfer(f"commission/{settlement.id}", wallet, platform.wallet_id, amount)
    await run(partial(record_sweep, payout_id))


async def plan_sweep(payout_id: Id, uow: UnitOfWork, now: datetime) -> list[Settlement]:
    """Freeze what is swept of each seller order: what a credit note took back before stays where its refund finds it."""
    planned = []
    payout = await uow.payouts.get(payout_id)
    for item in payout.items:
        await uow.lock(item.seller_order_id)
    for settlement in await uow.settlements.get_many([item.seller_order_id for item in payout.items]):
        with_sweep = settlement.plan_sweep()
        await uow.settlements.save(with_sweep)
        planned.append(with_sweep)
    return planned


async def record_sweep(payout_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """Book it once."""
    payout = await uow.payouts.get(payout_id)
    settlements = await uow.settlements.get_many([item.seller_order_id for item in payout.items])
    swept = sum(settlement.swept_minor or 0 for settlement in settlements)
    if swept:
        await post_entry(commission_swept(Money(swept, payout.currency)), f"payout/{payout_id}", uow, now)


async def _want_platform_wallet(payout_id: Id, uow: UnitOfWork, now: datetime) -> Id:
    payout = await uow.payouts.get(payout_id)
    account_id = psp_account_id_of(PLATFORM_ID, payout.currency)
    if await uow.psp_accounts.find(account_id) is None:
        country = uow.platform.country
        wanted = want_psp_account(PLATFORM_ID, "platform", payout.market, payout.currency, country)
        await uow.psp_accounts.add_if_new(wanted)
    return account_id
