"""The step that several use cases share: the rules under which a company acts."""

from datetime import datetime

from accounts.domain.company import Company
from accounts.domain.policies import MarketRules
from accounts.use_cases.ports import Markets, UnitOfWork


async def company_rules(company: Company, markets: Markets, uow: UnitOfWork, now: datetime) -> MarketRules:
    """A buyer's market; of a seller's markets the first one, as for its language. The operator has none."""
    market = company.market or (await uow.sellers.get(company.id)).markets[0]
    return markets.rules(market, now.date())
