"""A refurbisher applies to sell in one or more markets: what it says is kept, and submitted once nothing is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.domain.company import CompanyKind
from accounts.domain.errors import MarketHasItsSeller, MarketsMissing, VatNumbersMissing
from accounts.domain.invoice_prefix import invoice_prefix
from accounts.domain.policies import MarketRules
from accounts.domain.seller import CaseChange, Seller, SellerState
from accounts.use_cases.case_requirements import case_requirements
from accounts.use_cases.check_case_change import check_case_change
from accounts.use_cases.open_account import CompanyDetails, OpenedAccount, open_account
from accounts.use_cases.ports import Markets, UnitOfWork


@dataclass(frozen=True)
class ApplyAsSeller:
    """`at` is real time. Of `case` everything but the markets may follow later."""

    details: CompanyDetails
    case: CaseChange
    at: datetime


async def apply_as_seller(command: ApplyAsSeller, markets: Markets, uow: UnitOfWork, now: datetime) -> OpenedAccount:
    """Markets, numbers, IBAN and e-mail address are checked; the operator decides later about what is complete."""
    case = check_case_change(command.case, now.date())
    if not case.markets:
        raise MarketsMissing()
    rules = await check_places(case.markets, markets, uow, now)
    vat_numbers, home = command.details.vat_numbers, command.details.address.country
    if vat_numbers and home not in vat_numbers:
        raise VatNumbersMissing(country=home)
    opened = await open_account(command.details, CompanyKind.SELLER, None, rules[0], command.at, uow, now)
    if not opened.is_new:
        return opened
    ship_from = case.ship_from or tuple(vat_numbers) or (home,)
    empty = Seller(id=opened.company.id, version=0, state=SellerState.DRAFT, markets=(), regimes=())
    draft = replace(empty, **{**case.named(), "ship_from": ship_from})
    missing = [one for one in await case_requirements(opened.company, draft, markets, uow, now) if not one.is_handed_in]
    if missing:
        seller, drafted = draft.begin()
        await uow.sellers.add(seller)
        uow.publish(drafted)
        return opened
    prefix = invoice_prefix(opened.company.legal_name, await uow.sellers.invoice_prefixes())
    seller, submitted = replace(draft, invoice_prefix=prefix).submit()
    await uow.sellers.add(seller)
    uow.publish(submitted)
    return opened


async def check_places(named: Iterable[str], markets: Markets, uow: UnitOfWork, now: datetime) -> list[MarketRules]:
    """The rules of the markets; a market of one seller that has it refuses the next."""
    rules = [markets.rules(market, now.date()) for market in named]
    # In one order for everybody, because asking about a market makes rivals wait for each other.
    for one in sorted(rules, key=lambda one: one.market):
        if one.single_seller and await uow.sellers.has_admitted(one.market):
            raise MarketHasItsSeller(market=one.market)
    return rules
