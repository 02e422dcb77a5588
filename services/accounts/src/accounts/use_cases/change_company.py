"""A company's profile is edited, by its own people or by the operator."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company
from accounts.domain.editing import must_be_at
from accounts.domain.profile import ProfileChange, ProfileRules
from accounts.domain.seller import EDITABLE
from accounts.use_cases.ask_register import ask_register
from accounts.use_cases.company_rules import profile_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ChangeCompany:
    """`version` is the one that the asker has read."""

    company_id: Id
    version: int
    change: ProfileChange
    by_operator: bool = False


@dataclass(frozen=True)
class ChangedCompany:
    """The company afterwards, and the rules it obeyed."""

    company: Company
    rules: ProfileRules


async def change_company(command: ChangeCompany, markets: Markets, uow: UnitOfWork, now: datetime) -> ChangedCompany:
    """What only support may change in a market of the company is refused, unless the operator does it."""
    company = await uow.companies.get(command.company_id)
    must_be_at(company, command.version)
    rules = await rules_of(company, markets, uow, now)
    command.change.check(rules, company.country)
    if not command.by_operator and not await _is_draft(company, uow):
        company.profile.check_support_only(command.change.applied_to(company.profile), rules)
    return ChangedCompany(await apply_change(company, command.change, uow, now), rules)


async def _is_draft(company: Company, uow: UnitOfWork) -> bool:
    """Whether the company still writes its application: nobody has relied on what it says yet."""
    seller = await uow.sellers.find(company.id)
    return seller is not None and seller.state in EDITABLE


async def apply_change(
    company: Company, change: ProfileChange, uow: UnitOfWork, now: datetime, also: tuple[str, ...] = ()
) -> Company:
    """Keep and tell it; a change to what is so already changes nothing. New VAT numbers are asked about."""
    changed = company.change_profile(change, also)
    if changed is None:
        return company
    after, fact = changed
    await uow.companies.save(after)
    uow.publish(fact)
    await ask_register(after.id, [vat for vat in after.vat_numbers if vat.answer is None], uow, now)
    return after


async def rules_of(company: Company, markets: Markets, uow: UnitOfWork, now: datetime) -> ProfileRules:
    """Those of today."""
    return profile_rules(company, await uow.sellers.find(company.id), markets, now.date())
