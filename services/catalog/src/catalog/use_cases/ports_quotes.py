"""What the use cases and doors of quotes need of the outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from catalog.domain.bid import Bid
from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.domain.quote_rules import QuoteRules
from chassis.kernel.ids import Id


class QuoteRulebook(Protocol):
    """The rules of quotes in force on a day, or those a request was made under."""

    def quotes_in_force(self, market: str, day: date) -> QuoteRules:
        """Raises UnknownMarket or MarketNotOpen."""
        ...

    def quotes_of_version(self, version: str) -> QuoteRules:
        """Raises UnknownPolicyVersion."""
        ...


class QuoteRequests(Protocol):
    """Requests; whoever changes a request or one of its bids locks the request first, so that they take turns."""

    async def find(self, id: Id) -> QuoteRequest | None: ...
    async def locked(self, id: Id) -> QuoteRequest | None: ...
    async def locked_with_award(self, award_id: Id) -> QuoteRequest | None: ...
    async def locked_with_order(self, order_id: Id) -> QuoteRequest | None: ...
    async def add(self, *requests: QuoteRequest) -> None: ...
    async def save(self, aggregate: QuoteRequest) -> None: ...


class Bids(Protocol):
    """Bids; `of_request` in the order in which they were first given."""

    async def of_request(self, quote_request_id: Id) -> Sequence[Bid]: ...
    async def find(self, id: Id) -> Bid | None: ...
    async def add(self, *bids: Bid) -> None: ...
    async def save(self, aggregate: Bid) -> None: ...


@dataclass(frozen=True, slots=True)
class QuotePaper:
    """The paper of a bid as it was made, with the SHA-256 of its bytes; the two companies stand on it."""

    bid_id: Id
    buyer_id: Id
    seller_id: Id
    content: bytes
    sha256: str
    made_at: datetime


class QuotePapers(Protocol):
    """Papers of bids; one each."""

    async def has(self, bid_id: Id) -> bool: ...
    async def keep(self, paper: QuotePaper) -> None: ...


class Bidders(Protocol):
    """Sellers who may answer: active, admitted to the market, with an offer there in one of the categories."""

    async def who_fit(self, market: str, categories: Collection[str]) -> Sequence[Id]:
        """All of them, in id order."""
        ...

    async def fits(self, seller_id: Id, market: str, categories: Collection[str]) -> bool:
        """Whether this one is among them."""
        ...


class Quotes(Protocol):
    """The part of the unit of work that is about quotes."""

    @property
    def rules(self) -> QuoteRulebook: ...
    @property
    def requests(self) -> QuoteRequests: ...
    @property
    def bids(self) -> Bids: ...
    @property
    def bidders(self) -> Bidders: ...
    @property
    def papers(self) -> QuotePapers: ...


@dataclass(frozen=True, slots=True)
class QuoteReader:
    """Who reads: a buyer its own requests, a seller those it may answer or has answered, None and None everything."""

    buyer_id: Id | None = None
    seller_id: Id | None = None

    def sees(self, bid: Bid) -> bool:
        """A sealed bid, and one that nobody was ever shown, exists for its seller and for the platform only."""
        if self.seller_id is not None:
            return bid.seller_id == self.seller_id
        return self.buyer_id is None or bid.valid_until is not None


class QuoteQueries(Protocol):
    """Reads outside of any transaction; what the reader may not see raises QuoteRequestNotFound."""

    async def request(self, id: Id, reader: QuoteReader) -> QuoteRequest: ...
    async def requests(
        self, reader: QuoteReader, state: QuoteRequestState | None, limit: int, before: Id | None
    ) -> Sequence[QuoteRequest]: ...
    async def bids(self, id: Id, reader: QuoteReader) -> Sequence[Bid]: ...
    async def paper(self, id: Id, bid_id: Id, reader: QuoteReader) -> QuotePaper: ...
    async def awarded(self, award_id: Id) -> QuoteRequest | None: ...
