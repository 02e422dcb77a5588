"""Errand: move the commission of a settled payout out of escrow into the platform's own wallet."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.ledger_rules import commission_swept
from payments.domain.platform import PLATFORM_ID
from payments.domain.psp_account import psp_account_id_of, want_psp_account
from payments.use_cases.find_route import find_route
from payments.use_cases.open_psp_account import open_psp_account
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.post_entry import post_entry


async def sweep_commission(payout_id: Id, run: Run, psp: Psp) -> None:
    """One transfer per seller order, named by it; then P7: Dr mkt.cash Cr psp.cash for all of them."""
    route = await run(partial(find_route, payout_id))
    platform = await open_psp_account(await run(partial(_want_platform_wallet, payout_id)), run, psp)
    assert platform.wallet_id is not None
    for item in route.payout.items:
        if item.commission.minor:
            wallet = route.wallet_of_buyer[item.buyer_id]
            await psp.transfer(f"commission/{item.seller_order_id}", wallet, platform.wallet_id, item.commission)
    await run(partial(record_sweep, payout_id))


async def record_sweep(payout_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """Book it once."""
    payout = await uow.payouts.get(payout_id)
    await post_entry(commission_swept(payout.commission), f"payout/{payout_id}", uow, now)


async def _want_platform_wallet(payout_id: Id, uow: UnitOfWork, now: datetime) -> Id:
    payout = await uow.payouts.get(payout_id)
    account_id = psp_account_id_of(PLATFORM_ID, payout.currency)
    if await uow.psp_accounts.find(account_id) is None:
        country = uow.platform.country
        wanted = want_psp_account(PLATFORM_ID, "platform", payout.market, payout.currency, country)
        await uow.psp_accounts.add_if_new(wanted)
    return account_id
