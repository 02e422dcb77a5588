"""A seller takes its bid back: unseen while it is sealed, and with a word to the buyer afterwards."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.bid import Bid, BidState
from catalog.domain.quote_errors import BidNotFound, QuoteRequestMoveRefused
from catalog.domain.quote_request import MOVES, QuoteRequestState
from catalog.use_cases.expire_quotes import QUOTE_EXPIRY
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class WithdrawBid:
    """Whose bid."""

    seller_id: Id
    quote_request_id: Id
    bid_id: Id


async def withdraw_bid(command: WithdrawBid, uow: CatalogUnit, now: datetime) -> Bid:
    """The withdrawn bid. What the buyer has accepted is no longer the seller's to take back."""
    request = await uow.quotes.requests.locked(command.quote_request_id)
    bids = await uow.quotes.bids.of_request(command.quote_request_id) if request is not None else []
    bid = next((one for one in bids if (one.id, one.seller_id) == (command.bid_id, command.seller_id)), None)
    if request is None or bid is None:
        raise BidNotFound(id=str(command.bid_id))
    withdrawn = bid.withdraw(at=now)
    if not MOVES.allows("lose_bid", request.state):
        raise QuoteRequestMoveRefused("the buyer has chosen", state=str(request.state), move="lose_bid")
    await uow.quotes.bids.save(withdrawn)
    if bid.state is BidState.SEALED:
        return withdrawn
    left = [one for one in bids if one.id != bid.id and one.holds_at(now)]
    if left or request.state is QuoteRequestState.OPEN:
        after, lost = request.lose_bid(bid.id, bid.seller_id, len(left), at=now)
        uow.publish(lost)
    else:
        after, nothing = request.find_nothing(at=now)
        uow.publish(nothing)
        await uow.timers.cancel(QUOTE_EXPIRY, request.id)
    await uow.quotes.requests.save(after)
    return withdrawn
