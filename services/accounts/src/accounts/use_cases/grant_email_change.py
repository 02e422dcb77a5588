"""A change of address is granted, by support or by the market's rules: the link goes to the new address."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.email_change import EmailChange
from accounts.domain.errors import EmailInUse
from accounts.domain.link_tokens import new_nonce
from accounts.use_cases.company_rules import company_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class GrantEmailChange:
    """`by_operator` may be told that the address is taken. `at` is real time."""

    change_id: Id
    at: datetime
    by_operator: bool


async def grant_email_change(
    command: GrantEmailChange, markets: Markets, uow: UnitOfWork, now: datetime
) -> EmailChange:
    """The old address hears of it in any case; of a taken one its owner hears, and no link is mailed."""
    change = await uow.email_changes.get(command.change_id)
    company = await uow.companies.get(change.company_id)
    company.must_be_active()
    owner = await uow.users.find_by_email(change.email)
    if owner is not None and command.by_operator:
        raise EmailInUse()
    rules = await company_rules(company, markets, uow, now)
    change = change.grant(new_nonce(), rules.link_valid_for, command.at)
    await uow.email_changes.save(change)
    company, asked = company.person_changed("email_change", change.user_id)
    await uow.companies.save(company)
    uow.publish(asked)
    if owner is not None:
        theirs, told = (await uow.companies.get(owner.company_id)).person_changed("email_wanted", owner.id)
        await uow.companies.save(theirs)
        uow.publish(told)
    return change
