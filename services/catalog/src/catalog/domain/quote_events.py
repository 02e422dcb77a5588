"""Facts of requests for quotation. No price is in any of them, and no bidder before its round is closed."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


@dataclass(frozen=True, kw_only=True)
class QuoteEvent(DomainEvent):
    """What is told of every request."""

    buyer_id: Id
    market: str


@dataclass(frozen=True, kw_only=True)
class QuoteAsked(QuoteEvent):
    """A buyer asks: a round is open. `asked_ids` are the sellers who may answer, whether they will or not."""

    round: int
    answers_until: datetime
    lines: tuple[tuple[int, str, int], ...]
    asked_ids: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True)
class QuoteAskedAgain(QuoteAsked):
    """The buyer opens another round; what was offered before goes on holding for its time."""


@dataclass(frozen=True, kw_only=True)
class QuotesOffered(QuoteEvent):
    """The round is closed, and the buyer sees what was offered: so many bids hold, the last of them until then."""

    round: int
    bids: int
    valid_until: datetime


@dataclass(frozen=True, kw_only=True)
class BidLost(QuoteEvent):
    """A seller took back what it had offered; others are left."""

    bid_id: Id
    seller_id: Id
    bids: int


@dataclass(frozen=True, kw_only=True)
class NothingOffered(QuoteEvent):
    """The round is closed and nobody offers anything, or the last who did took it back."""

    round: int


@dataclass(frozen=True, kw_only=True)
class QuoteAccepted(QuoteEvent):
    """The buyer takes these sellers' offers in whole or in part, and may order until then."""

    award_id: Id
    expires_at: datetime
    seller_ids: tuple[Id, ...]
    units: int


@dataclass(frozen=True, kw_only=True)
class AwardGivenUp(QuoteEvent):
    """The award is gone before it was ordered, by the buyer or by time; what is offered still holds."""

    award_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class AwardOrdered(QuoteEvent):
    """The award became an order, and its units are held."""

    award_id: Id
    order_id: Id


@dataclass(frozen=True, kw_only=True)
class AwardReturned(QuoteEvent):
    """The order ended unpaid while the award still holds: it may be ordered once more."""

    award_id: Id
    order_id: Id


@dataclass(frozen=True, kw_only=True)
class QuoteDeclined(QuoteEvent):
    """The buyer wants none of it."""


@dataclass(frozen=True, kw_only=True)
class QuoteRequestWithdrawn(QuoteEvent):
    """The buyer no longer asks."""


@dataclass(frozen=True, kw_only=True)
class QuoteExpired(QuoteEvent):
    """Nothing that was offered holds any more."""
