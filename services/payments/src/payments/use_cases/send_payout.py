"""Errand: move a payout's money from the buyers' wallets to the seller's, then to the seller's bank."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.errors import FactsNotKnownYet, ProviderRefused
from payments.domain.payout import Payout, PayoutState
from payments.domain.psp_account import psp_account_id_of
from payments.domain.psp_facts import Outgoing
from payments.use_cases.finish_payout import finish_payout
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.send_refund import FIRST_LOOK, LATER_LOOK


@dataclass(frozen=True)
class PayoutRoute:
    """The wallets that the money goes through."""

    payout: Payout
    seller_wallet_id: str
    wallet_of_buyer: dict[Id, str]


async def send_payout(payout_id: Id, run: Run, psp: Psp) -> None:
    """Every step carries a reference of ours, so a repeat after a timeout moves nothing twice.

    A transfer is named by its seller order: when a payout failed, the next one finds that money in the seller's wallet.
    """
    route = await run(partial(find_route, payout_id))
    payout = route.payout
    if payout.state != PayoutState.CREATED:
        return
    for item in payout.items:
        await psp.transfer(
            f"settlement/{item.seller_order_id}",
            route.wallet_of_buyer[item.buyer_id],
            route.seller_wallet_id,
            item.amount,
        )
    try:
        outgoing = await psp.pay_out(
            str(payout.id), route.seller_wallet_id, payout.creditor, payout.amount, f"Payout {payout.id}"
        )
    except ProviderRefused as refusal:
        outgoing = Outgoing(str(payout.id), "failed", payout.amount, refusal.detail or refusal.code)
    await run(partial(record_payout_sent, payout_id))
    await run(partial(finish_payout, outgoing))


async def check_payout(payout_id: Id, run: Run, psp: Psp) -> None:
    """The provider's message is overdue: look how the payout stands."""
    outgoing = await psp.find_payout(str(payout_id))
    if outgoing is not None:
        await run(partial(finish_payout, outgoing))
    await run(partial(_look_again, payout_id))


async def find_route(payout_id: Id, uow: UnitOfWork, now: datetime) -> PayoutRoute:
    """Raises FactsNotKnownYet while a wallet is still being opened."""
    payout = await uow.payouts.get(payout_id)
    seller_wallet = await wallet_of(payout.seller_id, payout.currency, uow)
    buyers = {item.buyer_id: await wallet_of(item.buyer_id, payout.currency, uow) for item in payout.items}
    return PayoutRoute(payout, seller_wallet, buyers)


async def wallet_of(company_id: Id, currency: str, uow: UnitOfWork) -> str:
    """The company's wallet of a currency."""
    account = await uow.psp_accounts.find(psp_account_id_of(company_id, currency))
    if account is None or account.wallet_id is None:
        raise FactsNotKnownYet("a wallet is not open yet", company_id=str(company_id))
    return account.wallet_id


async def record_payout_sent(payout_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """The provider has it."""
    payout = await uow.payouts.get(payout_id)
    if payout.state != PayoutState.CREATED:
        return
    payout, sent = payout.send()
    await uow.payouts.save(payout)
    uow.publish(sent)
    await uow.timers.set("check_payout", payout_id, now + FIRST_LOOK)


async def _look_again(payout_id: Id, uow: UnitOfWork, now: datetime) -> None:
    payout = await uow.payouts.get(payout_id)
    if payout.state == PayoutState.SENT:
        await uow.timers.set("check_payout", payout_id, now + LATER_LOOK)
