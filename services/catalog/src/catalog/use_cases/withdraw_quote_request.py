"""The buyer no longer asks: it withdraws a request while sellers answer, and nobody will ever see what they answered."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.bid import BidState
from catalog.domain.quote_request import QuoteRequest
from catalog.use_cases.ask_for_quotes import ROUND_END
from catalog.use_cases.find_quote_request import find_quote_request
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class WithdrawQuoteRequest:
    """Whose request."""

    buyer_id: Id
    id: Id


async def withdraw_quote_request(command: WithdrawQuoteRequest, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The withdrawn request; what holds from an earlier round is worth nothing without it."""
    request = await find_quote_request(command.id, command.buyer_id, uow)
    after, event = request.withdraw(at=now)
    await uow.quotes.requests.save(after)
    uow.publish(event)
    for bid in await uow.quotes.bids.of_request(request.id):
        if bid.state is BidState.SEALED:
            await uow.quotes.bids.save(bid.drop(at=now))
    await uow.timers.cancel(ROUND_END, request.id)
    return after
