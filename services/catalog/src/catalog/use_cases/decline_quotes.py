"""The buyer takes none of what was offered."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.quote_request import QuoteRequest
from catalog.use_cases.expire_quotes import QUOTE_EXPIRY
from catalog.use_cases.find_quote_request import find_quote_request
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class DeclineQuotes:
    """Whose request."""

    buyer_id: Id
    id: Id


async def decline_quotes(command: DeclineQuotes, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The declined request."""
    request = await find_quote_request(command.id, command.buyer_id, uow)
    after, event = request.decline(at=now)
    await uow.quotes.requests.save(after)
    uow.publish(event)
    await uow.timers.cancel(QUOTE_EXPIRY, request.id)
    return after
