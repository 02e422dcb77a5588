"""A seller is asked for its tax data, or for better ones: with reminders, and a day after which its money waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.policies import MarketRules
from accounts.domain.seller import Seller
from accounts.domain.tax_data import TaxRequest
from accounts.use_cases.forget_tax_request import TAX_DATA_DUE, TAX_DATA_REMINDER
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class AskTaxData:
    """Whom."""

    seller_id: Id


async def ask_tax_data(command: AskTaxData, markets: Markets, uow: UnitOfWork, now: datetime) -> Seller:
    """The deadlines are those of its first market, frozen with the request. Who is being asked already is asked once."""
    seller = await uow.sellers.get(command.seller_id)
    if seller.tax_request is not None:
        return seller
    rules = markets.rules(seller.markets[0], now.date())
    request = TaxRequest(now, now + rules.tax_data_within)
    seller, asked = seller.ask_tax_data(request, "asked")
    await uow.timers.set(TAX_DATA_REMINDER, seller.id, now + between_reminders(rules))
    await uow.timers.set(TAX_DATA_DUE, seller.id, request.due_at)
    await uow.sellers.save(seller)
    uow.publish(asked)
    return seller


def between_reminders(rules: MarketRules) -> timedelta:
    """Reminders divide the time evenly."""
    return rules.tax_data_within / (rules.tax_data_reminders + 1)
