"""A company that may trade gets its accounts at the payment provider: one per currency of its markets."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.psp_account import Role, want_psp_account
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class WantPspAccounts:
    """`markets` name the currencies; the first market that uses a currency decides the country of the IBAN."""

    company_id: Id
    role: Role
    markets: tuple[str, ...]


async def want_psp_accounts(command: WantPspAccounts, uow: UnitOfWork, now: datetime) -> None:
    """Write the wishes down; they are carried out by an errand once the company's name is known."""
    await uow.lock(command.company_id)
    for market in command.markets:
        rules = uow.rules.in_force(market, now.date())
        for currency in rules.currencies:
            account = want_psp_account(command.company_id, command.role, market, currency, rules.country)
            await uow.psp_accounts.add_if_new(account)
    # The snapshot that comes back opens whatever is wanted by then.
    await uow.timers.set("fetch_party", command.company_id, now)
