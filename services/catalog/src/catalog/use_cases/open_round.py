"""The buyer asks once more: another round, while what was offered goes on holding for its time."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.quote_request import QuoteRequest
from catalog.use_cases.ask_for_quotes import ROUND_END
from catalog.use_cases.expire_quotes import QUOTE_EXPIRY
from catalog.use_cases.find_quote_request import find_quote_request
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Whose request, and how many business days sellers get."""

    buyer_id: Id
    id: Id
    answer_business_days: int | None = None


async def open_round(command: OpenRound, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The request with its next round."""
    request = await find_quote_request(command.id, command.buyer_id, uow)
    rules = uow.quotes.rules.quotes_of_version(request.policy_version)
    deadline = rules.answers_until(now, command.answer_business_days)
    asked_ids = await uow.quotes.bidders.who_fit(request.market, request.categories)
    request, event = request.ask_again(deadline, asked_ids, at=now)
    await uow.quotes.requests.save(request)
    uow.publish(event)
    # What holds is looked at when the round ends.
    await uow.timers.cancel(QUOTE_EXPIRY, request.id)
    await uow.timers.set(ROUND_END, request.id, request.closes_at)
    return request
