"""What doors show of quotes: each reader sees its own part of it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, any_, exists, or_, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.bid import Bid
from catalog.domain.quote_errors import BidNotFound, QuotePaperNotReady, QuoteRequestNotFound
from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.domain.seller import SellerState
from catalog.storage.quotes import bid_of, request_of
from catalog.storage.tables import offers, sellers
from catalog.storage.tables_quotes import quote_bids, quote_papers, quote_requests
from catalog.use_cases.ports_quotes import QuotePaper, QuoteReader
from chassis.kernel.ids import Id

_REQUEST, _BID = quote_requests.c, quote_bids.c


class QuoteQueries:
    """Each call is one or two short reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def request(self, id: Id, reader: QuoteReader) -> QuoteRequest:
        """One request, or QuoteRequestNotFound."""
        found = await self._requests(_REQUEST.id == id, _seen_by(reader), limit=1)
        if not found:
            raise QuoteRequestNotFound(id=str(id))
        return found[0]

    async def requests(
        self, reader: QuoteReader, state: QuoteRequestState | None, limit: int, before: Id | None
    ) -> Sequence[QuoteRequest]:
        """The reader's requests, newest first: ids count up with time."""
        asked = _REQUEST.state == str(state) if state else true()
        return await self._requests(_seen_by(reader), asked, _REQUEST.id < before if before else true(), limit=limit)

    async def bids(self, id: Id, reader: QuoteReader) -> Sequence[Bid]:
        """What the reader sees of a request's bids, the oldest first; QuoteRequestNotFound if the request is not its own."""
        await self.request(id, reader)
        statement = select(quote_bids).where(_BID.quote_request_id == id).order_by(_BID.round, _BID.given_at, _BID.id)
        async with self._engine.connect() as connection:
            bids = [bid_of(dict(row)) for row in (await connection.execute(statement)).mappings().all()]
        return [bid for bid in bids if reader.sees(bid)]

    async def paper(self, id: Id, bid_id: Id, reader: QuoteReader) -> QuotePaper:
        """The paper of a bid that the reader sees; BidNotFound or, right after the round, QuotePaperNotReady."""
        if not any(bid.id == bid_id for bid in await self.bids(id, reader)):
            raise BidNotFound(id=str(bid_id))
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(quote_papers).where(quote_papers.c.bid_id == bid_id))
            row = rows.mappings().one_or_none()
        if row is None:
            raise QuotePaperNotReady(id=str(bid_id))
        return QuotePaper(**row)

    async def awarded(self, award_id: Id) -> QuoteRequest | None:
        """The request that has this award."""
        found = await self._requests(_REQUEST.award_id == award_id, limit=1)
        return found[0] if found else None

    async def _requests(self, *conditions: ColumnElement[bool], limit: int) -> list[QuoteRequest]:
        statement = select(quote_requests).where(*conditions).order_by(_REQUEST.id.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return [request_of(dict(row)) for row in (await connection.execute(statement)).mappings().all()]


def _seen_by(reader: QuoteReader) -> ColumnElement[bool]:
    if reader.buyer_id is not None:
        return _REQUEST.buyer_id == reader.buyer_id
    if reader.seller_id is None:
        return true()
    answered = exists().where(_BID.quote_request_id == _REQUEST.id, _BID.seller_id == reader.seller_id)
    sells = exists().where(
        offers.c.seller_id == reader.seller_id,
        offers.c.category == any_(_REQUEST.categories),
        _REQUEST.market == any_(offers.c.markets),
    )
    fits = exists().where(
        sellers.c.id == reader.seller_id,
        sellers.c.state == SellerState.ACTIVE.value,
        _REQUEST.market == any_(sellers.c.markets),
    )
    return or_(answered, and_(_REQUEST.state == str(QuoteRequestState.OPEN), fits, sells))
