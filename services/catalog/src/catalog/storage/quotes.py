"""Requests for quotation and bids in PostgreSQL, and who may answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.bid import Bid, BidState
from catalog.domain.quote_errors import BidNotFound, QuoteRequestNotFound
from catalog.domain.quote_lines import AskedLine, BidLine
from catalog.domain.quote_request import Award, QuoteRequest, QuoteRequestState
from catalog.storage.tables_quotes import quote_bids, quote_papers, quote_requests
from catalog.use_cases.ports_quotes import QuotePaper, QuoteRulebook
from chassis.db.repository import Repository, rows_among
from chassis.kernel.ids import Id

# Pydantic reads and writes the dataclasses as they are, so no shape is told twice.
_ASKED = TypeAdapter(tuple[AskedLine, ...])
_BID = TypeAdapter(tuple[BidLine, ...])
_AWARD = TypeAdapter(Award)

# Who sells nothing of the kind in the market has nothing to answer with.
FITTING = (
    "select s.id from sellers s where s.state = 'active' and :market = any(s.markets) and exists (select from offers o "
    "where o.seller_id = s.id and o.category = any(:categories) and :market = any(o.markets))"
)
_CATEGORIES = bindparam("categories", type_=ARRAY(TEXT))
_WHO_FIT = text(f"{FITTING} order by s.id").bindparams(_CATEGORIES)
_FITS = text(f"{FITTING} and s.id = :seller_id").bindparams(_CATEGORIES, bindparam("seller_id", type_=UUID()))


class QuoteRequestRepository(Repository[QuoteRequest]):
    """Whoever reads a request here holds the lock on it until the commit."""

    table = quote_requests
    not_found = QuoteRequestNotFound

    async def locked(self, id: Id) -> QuoteRequest | None:
        """By its id."""
        return await self._locked(quote_requests.c.id, id)

    async def locked_with_award(self, award_id: Id) -> QuoteRequest | None:
        """By the award it has, ordered or not."""
        return await self._locked(quote_requests.c.award_id, award_id)

    async def locked_with_order(self, order_id: Id) -> QuoteRequest | None:
        """By the order that was made of its award."""
        return await self._locked(quote_requests.c.order_id, order_id)

    async def _locked(self, column: Column[Any], value: Id) -> QuoteRequest | None:
        rows = await rows_among(column, lock=True).read(self._connection, values=[value])
        return self._remember(request_of(rows[0])) if rows else None

    def to_row(self, aggregate: QuoteRequest) -> dict[str, Any]:
        """Column values."""
        award = aggregate.award
        return {
            **vars(aggregate),
            "lines": _ASKED.dump_python(aggregate.lines, mode="json"),
            "categories": list(aggregate.categories),
            "state": str(aggregate.state),
            "award_id": award.id if award else None,
            "award": _AWARD.dump_python(award, mode="json") if award else None,
        }

    def from_row(self, row: Mapping[str, Any]) -> QuoteRequest:
        """The request of a row."""
        return request_of(row)


class BidRepository(Repository[Bid]):
    """The caller holds the lock on the request."""

    table = quote_bids
    not_found = BidNotFound

    async def of_request(self, quote_request_id: Id) -> Sequence[Bid]:
        """All its bids of all rounds, in the order in which they were first given."""
        found = await self.where(quote_bids.c.quote_request_id == quote_request_id)
        return sorted(found, key=lambda bid: (bid.round, bid.given_at, bid.id))

    def to_row(self, aggregate: Bid) -> dict[str, Any]:
        """Column values."""
        row = {
            **vars(aggregate),
            "lines": _BID.dump_python(aggregate.lines, mode="json"),
            "state": str(aggregate.state),
            "shipping_fee_minor": aggregate.shipping_fee,
        }
        del row["shipping_fee"]
        return row

    def from_row(self, row: Mapping[str, Any]) -> Bid:
        """The bid of a row."""
        return bid_of(row)


class Bidders:
    """Sellers who may answer, as they are at the moment."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def who_fit(self, market: str, categories: Collection[str]) -> Sequence[Id]:
        """All of them, in id order."""
        rows = await self._connection.execute(_WHO_FIT, {"market": market, "categories": list(categories)})
        return [row.id for row in rows.all()]

    async def fits(self, seller_id: Id, market: str, categories: Collection[str]) -> bool:
        """Whether this one is among them."""
        values = {"market": market, "categories": list(categories), "seller_id": seller_id}
        return (await self._connection.execute(_FITS, values)).first() is not None


class QuotePapers:
    """Papers of bids, as they were made."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def has(self, bid_id: Id) -> bool:
        """Whether it has been made."""
        found = await self._connection.execute(select(quote_papers.c.bid_id).where(quote_papers.c.bid_id == bid_id))
        return found.first() is not None

    async def keep(self, paper: QuotePaper) -> None:
        """Insert; a paper is never replaced."""
        await self._connection.execute(insert(quote_papers), asdict(paper))


class Quotes:
    """The part of the unit of work that is about quotes."""

    def __init__(self, connection: AsyncConnection, rules: QuoteRulebook) -> None:
        self.rules = rules
        self.requests = QuoteRequestRepository(connection)
        self.bids = BidRepository(connection)
        self.bidders = Bidders(connection)
        self.papers = QuotePapers(connection)


def request_of(row: Mapping[str, Any]) -> QuoteRequest:
    """The request of a row."""
    values = dict(row)
    del values["categories"], values["award_id"]
    award = values.pop("award")
    return QuoteRequest(
        **{
            **values,
            "lines": _ASKED.validate_python(values["lines"]),
            "state": QuoteRequestState(values["state"]),
            "award": _AWARD.validate_python(award) if award else None,
        }
    )


def bid_of(row: Mapping[str, Any]) -> Bid:
    """The bid of a row."""
    values = dict(row)
    fee = values.pop("shipping_fee_minor")
    lines, state = _BID.validate_python(values["lines"]), BidState(values["state"])
    return Bid(**{**values, "lines": lines, "state": state, "shipping_fee": fee})
