"""Errand: fetch a company's snapshot from `accounts` and keep it."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.party import Party
from payments.use_cases.ports import Accounts, Run, UnitOfWork


async def fetch_party(company_id: Id, at: datetime, run: Run, accounts: Accounts) -> None:
    """Ask, then store."""
    party = await accounts.fetch_party(company_id, at)
    await run(partial(record_party, party))


async def record_party(party: Party, uow: UnitOfWork, now: datetime) -> None:
    """Keep the newest version, and wake what waited for the company's name."""
    await uow.lock(party.company_id)
    await uow.parties.store(party)
    for account in await uow.psp_accounts.of_company(party.company_id):
        if not account.is_open:
            await uow.timers.set("open_psp_account", account.id, now)
