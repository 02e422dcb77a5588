"""The buyer takes what it wants of the bids, in parts and of several sellers; or gives up an award it has not ordered."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.award import awarded_lines, expiry_of, shipping_of
from catalog.domain.quote_lines import Choice
from catalog.domain.quote_request import MOVES, QuoteRequest
from catalog.use_cases.expire_quotes import AWARD_LAPSE
from catalog.use_cases.find_quote_request import find_quote_request
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class AwardQuotes:
    """Which lines of which bids, and how many units of each."""

    buyer_id: Id
    id: Id
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class GiveUpAward:
    """Whose award."""

    buyer_id: Id
    id: Id


async def award_quotes(command: AwardQuotes, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The request with its award, which is ordered with `POST /v1/orders`. Of two awards at a time one is refused."""
    request = await find_quote_request(command.id, command.buyer_id, uow)
    MOVES.after("accept", request.state)
    bids = {bid.id: bid for bid in await uow.quotes.bids.of_request(request.id)}
    lines = awarded_lines(command.choices, bids, request.lines, now)
    expires_at = expiry_of(lines, bids)
    after, event = request.accept(lines, shipping_of(lines, bids), expires_at, at=now)
    await uow.quotes.requests.save(after)
    uow.publish(event)
    await uow.timers.set(AWARD_LAPSE, request.id, expires_at)
    return after


async def give_up_award(command: GiveUpAward, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The buyer chooses anew; an award that was ordered is the order's."""
    request = await find_quote_request(command.id, command.buyer_id, uow)
    after, event = request.give_up("buyer", at=now)
    await uow.quotes.requests.save(after)
    uow.publish(event)
    await uow.timers.cancel(AWARD_LAPSE, request.id)
    return after
