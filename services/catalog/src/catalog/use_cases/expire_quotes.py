"""What was offered, or taken of it, has stopped holding."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id

# When the last bid ceases to hold, and when the first of those in an award does.
QUOTE_EXPIRY = "quote_expiry"
AWARD_LAPSE = "quote_award_lapse"


@dataclass(frozen=True, slots=True)
class ExpireQuotes:
    """Whose time has come."""

    id: Id


async def expire_quotes(command: ExpireQuotes, uow: CatalogUnit, now: datetime) -> None:
    """The request EXPIRES, or an award that is not ordered goes while other bids still hold; a repeat does nothing."""
    request = await uow.quotes.requests.locked(command.id)
    if request is not None and request.state in (QuoteRequestState.OFFERED, QuoteRequestState.ACCEPTED):
        await expire_what_is_over(request, uow, now)


async def expire_what_is_over(request: QuoteRequest, uow: CatalogUnit, now: datetime) -> None:
    """Of a request that is offered or accepted: expire it, lapse its award, or leave it as it is."""
    after: QuoteRequest
    if request.valid_until is not None and now >= request.valid_until:
        after, expired = request.expire(at=now)
        uow.publish(expired)
    elif request.award is not None and now >= request.award.expires_at:
        after, lapsed = request.give_up("lapsed", at=now)
        uow.publish(lapsed)
    else:
        return
    await uow.quotes.requests.save(after)
