"""An order was held: its payment opens, at once or as soon as the buyer's virtual account exists."""

from datetime import datetime

from payments.domain.payment import HeldOrder, open_payment, payment_id_of
from payments.domain.psp_account import psp_account_id_of, want_psp_account
from payments.use_cases.find_card_pages import find_card_pages
from payments.use_cases.ports import UnitOfWork


async def hold_order(order: HeldOrder, uow: UnitOfWork, now: datetime) -> None:
    """Remember the order; open its payment if the buyer can be told where to pay."""
    account_id = psp_account_id_of(order.buyer_id, order.amount.currency)
    await uow.lock(account_id)
    if await uow.payments.find(payment_id_of(order.order_id)) is not None:
        return
    await uow.held_orders.store(order, now)
    account = await uow.psp_accounts.find(account_id)
    if account is None:
        # The hold overtook the news that the buyer was activated.
        country = uow.rules.of_version(order.policy_version).country
        wanted = want_psp_account(order.buyer_id, "buyer", order.market, order.amount.currency, country)
        await uow.psp_accounts.add_if_new(wanted)
        await uow.timers.set("fetch_party", order.buyer_id, now)
        return
    if account.account is None:
        return
    payment, opened = open_payment(order, account.account, now, card_pages=find_card_pages(order, uow))
    await uow.payments.add(payment)
    uow.publish(opened)
