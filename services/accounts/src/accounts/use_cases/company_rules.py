"""The step that several use cases share: the rules under which a company acts."""

from datetime import date, datetime

from accounts.domain.company import Company, CompanyKind
from accounts.domain.policies import MarketRules
from accounts.domain.profile import ProfileRules
from accounts.domain.seller import Seller
from accounts.use_cases.ports import Markets, UnitOfWork


async def company_rules(company: Company, markets: Markets, uow: UnitOfWork, now: datetime) -> MarketRules:
    """A buyer's market; of a seller's markets the first one, as for its language. The operator follows the default one."""
    if company.kind is CompanyKind.OPERATOR:
        return markets.rules(markets.default(), now.date())
    market = company.market or (await uow.sellers.get(company.id)).markets[0]
    return markets.rules(market, now.date())


def profile_rules(company: Company, seller: Seller | None, markets: Markets, on: date) -> ProfileRules:
    """What the buyer's market says about the profile, or all markets of the seller; the operator has none."""
    named = seller.markets if seller else [company.market] if company.market else []
    rules = [markets.rules(market, on) for market in named]
    return ProfileRules.of(rules, needs_vat_number=company.kind is CompanyKind.SELLER)
