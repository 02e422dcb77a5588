"""The operator asks an applicant for what is missing."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import InfoReason, Seller
from accounts.use_cases.forget_question import APPLICATION_LAPSE, INFO_REMINDER
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.calendar import calendar
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RequestSellerInfo:
    """`reason` becomes public as a code; `next_step` is told to the seller only."""

    seller_id: Id
    reason: InfoReason
    next_step: str


async def request_seller_info(command: RequestSellerInfo, markets: Markets, uow: UnitOfWork, now: datetime) -> Seller:
    """The deadlines are those of the first market it applied for, and are frozen with the question."""
    seller, requested = (await uow.sellers.get(command.seller_id)).request_info(command.reason, command.next_step)
    rules = markets.rules(seller.markets[0], now.date())
    remind_at = calendar(rules.calendar).same_time_after(now, rules.reminder_business_days)
    await uow.timers.set(INFO_REMINDER, seller.id, remind_at)
    await uow.timers.set(APPLICATION_LAPSE, seller.id, now + rules.application_lapses_after)
    await uow.sellers.save(seller)
    uow.publish(requested)
    return seller
