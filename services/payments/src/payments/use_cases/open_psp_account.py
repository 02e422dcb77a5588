"""Errand: open a company's user, wallet and (for buyers) virtual IBAN at the payment provider, step by step."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.errors import NoSuchPspAccount, PartyNotKnownYet
from payments.domain.payment import VirtualAccount, open_payment
from payments.domain.psp_account import PspAccount
from payments.use_cases.find_card_pages import find_card_pages
from payments.use_cases.ports import Psp, Run, UnitOfWork


async def open_psp_account(account_id: Id, run: Run, psp: Psp) -> PspAccount:
    """Each step is keyed by the company and stored before the next; a repeat goes on where it stopped."""
    account = await run(partial(_name_account, account_id))
    assert account.holder_name is not None
    if account.wallet_id is None:
        user_id = await psp.open_user(
            f"company/{account.company_id}", account.role, account.holder_name, account.country
        )
        wallet_id = await psp.open_wallet(f"wallet/{account.id}", user_id, account.currency)
        account = await run(partial(record_wallet, account.id, user_id, wallet_id))
    if account.role == "buyer" and account.account is None:
        assert account.wallet_id is not None
        assert account.holder_name is not None
        virtual_account_id, details = await psp.open_virtual_account(
            f"account/{account.id}", account.wallet_id, account.holder_name, account.country, account.currency
        )
        account = await run(partial(record_virtual_account, account.id, virtual_account_id, details))
    return account


async def _name_account(account_id: Id, uow: UnitOfWork, now: datetime) -> PspAccount:
    """Fix the name under which the account is opened before the provider hears of it."""
    account = await _get(account_id, uow)
    if account.holder_name is not None:
        return account
    others = [one for one in await uow.psp_accounts.of_company(account.company_id) if one.holder_name]
    if others:
        # One user per company: its second currency is opened under the name of the first.
        named = account.named(others[0].holder_name or "")
    elif account.role == "platform":
        named = account.named(uow.platform.name)
    else:
        party = await uow.parties.find(account.company_id)
        if party is None:
            raise PartyNotKnownYet(company_id=str(account.company_id))
        named = account.named(party.name)
    await uow.psp_accounts.save(named)
    return named


async def record_wallet(account_id: Id, user_id: str, wallet_id: str, uow: UnitOfWork, now: datetime) -> PspAccount:
    """The wallet is there."""
    account = (await _get(account_id, uow)).with_wallet(user_id, wallet_id)
    await uow.psp_accounts.save(account)
    return account


async def record_virtual_account(
    account_id: Id, virtual_account_id: str, details: VirtualAccount, uow: UnitOfWork, now: datetime
) -> PspAccount:
    """The IBAN is there: orders that were held before it can be paid now."""
    await uow.lock(account_id)
    account = (await _get(account_id, uow)).with_virtual_account(virtual_account_id, details)
    await uow.psp_accounts.save(account)
    for order in await uow.held_orders.waiting_of(account.company_id, account.currency):
        payment, opened = open_payment(order, details, now, card_pages=find_card_pages(order, uow))
        await uow.payments.add(payment)
        uow.publish(opened)
    return account


async def _get(account_id: Id, uow: UnitOfWork) -> PspAccount:
    account = await uow.psp_accounts.find(account_id)
    if account is None:
        raise NoSuchPspAccount(id=str(account_id))
    return account
