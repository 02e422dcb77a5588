"""Looks for the money of refunds that a seller owes: its own first, and where the market says so the platform's."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain import ledger_rules
from payments.domain.accounts import MKT_CASH, Account, available_of, pending_of, receivable_of
from payments.domain.errors import NoSuchSettlement
from payments.domain.reversal import Funding, Reversal, plan_funding
from payments.domain.settlement import Settlement
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry


async def fund_waiting(
    seller_id: Id, currency: str, uow: UnitOfWork, now: datetime, may_advance: Id | None = None
) -> bool:
    """The oldest refund is funded first; True if none of the seller's is left waiting.

    A refund of a seller order whose money is still pending pays itself, so it never waits behind another one. The caller
    holds the seller's lock. The platform's money is used for the credit note `may_advance` only.
    """
    all_funded = True
    for reversal in await uow.reversals.waiting_of(seller_id, currency):
        if not all_funded and not await _pays_itself(reversal, uow) and reversal.id != may_advance:
            continue
        if not await _fund(reversal, uow, now, may_advance=reversal.id == may_advance):
            all_funded = False
    return all_funded


async def free_minor(seller_id: Id, currency: str, uow: UnitOfWork) -> int:
    """What of a seller's released money is in no payout under way."""
    available = await uow.ledger.balance_minor(available_of(seller_id), currency)
    return available - await uow.payouts.under_way_minor(seller_id, currency)


async def recover_advance(seller_id: Id, currency: str, cause: Id, uow: UnitOfWork, now: datetime) -> None:
    """P13 backwards: what the platform advanced comes back out of a later sale, before anything is paid out."""
    owed = await uow.ledger.balance_minor(receivable_of(seller_id), currency)
    amount = min(owed, await free_minor(seller_id, currency, uow))
    if amount > 0:
        money = Money(amount, currency)
        await post_entry(ledger_rules.advance_recovered(seller_id, money), f"seller_order/{cause}", uow, now)
        payload = {"seller_id": str(seller_id), "amount_minor": amount, "currency": currency}
        await uow.timers.set("recover_advance", cause, now, payload)


async def _pays_itself(reversal: Reversal, uow: UnitOfWork) -> bool:
    settlement = await _settlement(reversal, uow)
    return plan_funding(reversal, settlement, 0, 0, may_advance=False) is not None


async def _fund(reversal: Reversal, uow: UnitOfWork, now: datetime, *, may_advance: bool) -> bool:
    currency = reversal.gross.currency
    settlement = await _settlement(reversal, uow)
    free = await free_minor(reversal.seller_id, currency, uow)
    platform = await uow.ledger.balance_minor(MKT_CASH, currency)
    funding = plan_funding(reversal, settlement, free, platform, may_advance=may_advance)
    if funding is None:
        return False
    await _book(reversal, funding, uow, now)
    await uow.reversals.save(reversal.fund(funding, now))
    await uow.timers.cancel("advance_refund", reversal.id)
    for refund in await uow.refunds.of_credit_note(reversal.id):
        await uow.timers.set("send_refund", refund.id, now)
    return True


async def _book(reversal: Reversal, funding: Funding, uow: UnitOfWork, now: datetime) -> None:
    """P13, then the commission back to the seller, then P9; in this order no account is overdrawn on the way."""
    order_id, part = reversal.order_id, reversal.seller_order_id
    seller: Account = pending_of(part) if funding.from_pending else available_of(reversal.seller_id)
    cause = f"credit_note/{reversal.id}"

    def money(minor: int) -> Money:
        return Money(minor, reversal.gross.currency)

    entries = []
    if funding.swept_back:
        entries.append(ledger_rules.commission_swept_back(order_id, part, money(funding.swept_back)))
    if funding.advanced:
        entries.append(ledger_rules.advanced(order_id, part, reversal.seller_id, money(funding.advanced)))
    if reversal.commission.minor:
        net, vat = reversal.commission_net, reversal.commission_vat
        entries.append(ledger_rules.commission_reversed(order_id, part, seller, net, vat))
    for entry in entries:
        await post_entry(entry, cause, uow, now)
    for refund in await uow.refunds.of_credit_note(reversal.id):
        entry = ledger_rules.credited(order_id, part, seller, refund.id, refund.amount)
        await post_entry(entry, f"refund/{refund.id}", uow, now)


async def _settlement(reversal: Reversal, uow: UnitOfWork) -> Settlement:
    settlement = await uow.settlements.find(reversal.seller_order_id)
    if settlement is None:
        raise NoSuchSettlement(id=str(reversal.seller_order_id))
    return settlement
