"""A buyer's owner says how the company buys: limits, approvals, delegations, cost centres, PO number."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import CompanyKind
from accounts.domain.editing import must_be_at
from accounts.domain.errors import NotABuyer
from accounts.domain.purchasing import PurchasingRules, no_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SetPurchasingRules:
    """All of the rules anew; `version` is the one that the asker has read."""

    company_id: Id
    version: int
    rules: PurchasingRules


async def set_purchasing_rules(
    command: SetPurchasingRules, markets: Markets, uow: UnitOfWork, now: datetime
) -> PurchasingRules:
    """Checked against the people of today. Orders that wait for an approval go on under the rules they were placed under."""
    company = await uow.companies.get(command.company_id)
    if company.kind is not CompanyKind.BUYER or company.market is None:
        raise NotABuyer()
    company.must_be_active()
    kept = await uow.purchasing_rules.find(company.id)
    before = kept or no_rules(company.id)
    must_be_at(before, command.version)
    people = await uow.users.of_company(company.id)
    after = before.replaced(command.rules, people, markets.rules(company.market, now.date()).currencies)
    company, changed = company.rules_changed()
    await (uow.purchasing_rules.save(after) if kept else uow.purchasing_rules.add(after))
    await uow.companies.save(company)
    uow.publish(changed)
    return after
