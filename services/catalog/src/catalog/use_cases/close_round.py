"""A round ends, by time or by its buyer: bids are unsealed and begin to hold, or it is known that nobody offers anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.bid import Bid, BidState
from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.use_cases.ask_for_quotes import ROUND_END
from catalog.use_cases.expire_quotes import QUOTE_EXPIRY
from catalog.use_cases.find_quote_request import find_quote_request
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.prepare_quote_paper import MAKE_QUOTE_PAPER
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class EndRound:
    """The time for answers is over."""

    id: Id


@dataclass(frozen=True, slots=True)
class CloseRound:
    """The buyer has seen enough time pass."""

    buyer_id: Id
    id: Id


async def end_round(command: EndRound, uow: CatalogUnit, now: datetime) -> None:
    """A timer of a round that its buyer has closed does nothing."""
    request = await uow.quotes.requests.locked(command.id)
    if request is not None and request.state is QuoteRequestState.OPEN and now >= request.closes_at:
        await _unseal(request, uow, now)


async def close_round(command: CloseRound, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    """The request, offered or without an offer."""
    request = await find_quote_request(command.id, command.buyer_id, uow)
    return await _unseal(request, uow, now)


async def _unseal(request: QuoteRequest, uow: CatalogUnit, now: datetime) -> QuoteRequest:
    rules = uow.quotes.rules.quotes_of_version(request.policy_version)
    bids = await uow.quotes.bids.of_request(request.id)
    holding = _holding(bids, request.round, rules.valid_until(now), now)
    closed: QuoteRequest
    ends = [bid.valid_until for bid in holding if bid.valid_until is not None and bid.state is BidState.OFFERED]
    if ends:
        closed, offered = request.offer(len(ends), max(ends), at=now)
        uow.publish(offered)
        await uow.timers.set(QUOTE_EXPIRY, closed.id, max(ends))
    else:
        closed, nothing = request.find_nothing(at=now)
        uow.publish(nothing)
    await uow.quotes.requests.save(closed)
    before = {bid.id: bid for bid in bids}
    for bid in holding:
        if bid is not before[bid.id]:
            await uow.quotes.bids.save(bid)
        if before[bid.id].state is BidState.SEALED:
            await uow.timers.set(MAKE_QUOTE_PAPER, bid.id, now)
    await uow.timers.cancel(ROUND_END, closed.id)
    return closed


def _holding(bids: Sequence[Bid], round: int, valid_until: datetime, now: datetime) -> list[Bid]:
    """This round's bids unsealed, and those of earlier rounds that still hold, as far as nobody has answered anew."""
    answered = {bid.seller_id for bid in bids if bid.round == round and bid.state is BidState.SEALED}
    found = []
    for bid in bids:
        if bid.state is BidState.SEALED:
            found.append(bid.reveal(valid_until, at=now))
        elif bid.holds_at(now):
            found.append(bid.replace(at=now) if bid.seller_id in answered else bid)
    return found
