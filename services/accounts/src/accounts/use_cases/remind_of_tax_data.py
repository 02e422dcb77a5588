"""A seller has not given its tax data yet: it is reminded, as often as the rules say."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.ask_tax_data import between_reminders
from accounts.use_cases.forget_tax_request import TAX_DATA_REMINDER
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RemindOfTaxData:
    """Whom."""

    seller_id: Id


async def remind_of_tax_data(command: RemindOfTaxData, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Whoever has given them in the meantime is left alone."""
    seller = await uow.sellers.get(command.seller_id)
    if seller.tax_request is None:
        return
    rules = markets.rules(seller.markets[0], now.date())
    request = seller.tax_request.reminded()
    seller, reminded = seller.ask_tax_data(request, "reminder")
    if request.reminders < rules.tax_data_reminders:
        await uow.timers.set(TAX_DATA_REMINDER, seller.id, now + between_reminders(rules))
    await uow.sellers.save(seller)
    uow.publish(reminded)
