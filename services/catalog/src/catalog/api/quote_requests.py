"""Requests for quotation: a buyer asks, sellers answer under seal, the buyer awards and then orders."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from catalog.api.quote_schemas import (
    AskForQuotesBody,
    AwardQuotesBody,
    BidBody,
    BidList,
    GiveBidBody,
    QuoteRequestBody,
    RoundBody,
    bid_body,
    request_body,
)
from catalog.domain.bid import BidState
from catalog.domain.quote_request import QuoteRequest, QuoteRequestState
from catalog.use_cases.ask_for_quotes import AskForQuotes
from catalog.use_cases.ask_for_quotes import ask_for_quotes as ask
from catalog.use_cases.award_quotes import AwardQuotes, GiveUpAward
from catalog.use_cases.award_quotes import award_quotes as award
from catalog.use_cases.award_quotes import give_up_award as give_up
from catalog.use_cases.close_round import CloseRound, close_round
from catalog.use_cases.decline_quotes import DeclineQuotes
from catalog.use_cases.decline_quotes import decline_quotes as decline
from catalog.use_cases.give_bid import GiveBid
from catalog.use_cases.give_bid import give_bid as give
from catalog.use_cases.open_round import OpenRound, open_round
from catalog.use_cases.ports_quotes import QuotePaper, QuoteQueries, QuoteReader, QuoteRulebook
from catalog.use_cases.withdraw_bid import WithdrawBid
from catalog.use_cases.withdraw_bid import withdraw_bid as take_back
from catalog.use_cases.withdraw_quote_request import WithdrawQuoteRequest
from catalog.use_cases.withdraw_quote_request import withdraw_quote_request as withdraw
from chassis.kernel.ids import Id, new_id
from chassis.web.auth import Subject, require, signed_in
from chassis.web.internal import internal_caller
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/quote-requests", tags=["quotes"])
internal = APIRouter(
    prefix="/internal/quote-requests", dependencies=[Depends(internal_caller)], include_in_schema=False
)

# Each kind has a scope of its own here: a quote is a matter of a buyer's orders, and of a seller's stock.
SCOPE_BY_KIND = {"buyer": "orders:read", "seller": "stock:read", "operator": "orders:read", "auditor": "audit:read"}

BuyerOf = Annotated[Subject, require("orders:write")]
SellerOf = Annotated[Subject, require("stock:write")]


async def _reader_of(subject: Annotated[Subject, Depends(signed_in)]) -> QuoteReader:
    scope = SCOPE_BY_KIND.get(subject.kind)
    if scope is None or scope not in subject.scopes:
        raise Problem(403, "scope_missing", "Your sign-in does not allow this", scope=scope)
    return QuoteReader(
        buyer_id=subject.company_id if subject.kind == "buyer" else None,
        seller_id=subject.company_id if subject.kind == "seller" else None,
    )


async def _queries(request: Request) -> QuoteQueries:
    queries: QuoteQueries = request.app.state.quote_queries
    return queries


async def _rules(request: Request) -> QuoteRulebook:
    rules: QuoteRulebook = request.app.state.rulebook
    return rules


Reading = Annotated[QuoteReader, Depends(_reader_of)]
Given = Annotated[QuoteQueries, Depends(_queries)]
Rules = Annotated[QuoteRulebook, Depends(_rules)]


@router.post("", status_code=201, response_model=QuoteRequestBody)
async def ask_for_quotes(body: AskForQuotesBody, write: Write, rules: Rules, subject: BuyerOf) -> Response:
    """Ask sellers for quotes. Their answers are sealed until `answers_until`, or until you close the round.

    409 `quotes_not_given`: the market gives none. 422 `quote_lines_refused`: `errors` name the rule and the line.
    """
    command = AskForQuotes(
        id=new_id(),
        buyer_id=_buyer(subject),
        market=subject.market,
        lines=body.asked(),
        note=body.note,
        delivery_country=body.delivery_country,
        currency=body.currency,
        answer_business_days=body.answer_business_days,
    )
    return await write.answer(
        subject.tenant,
        partial(ask, command),
        partial(_shown, rules, subject),
        status=201,
        location=lambda request: f"/v1/quote-requests/{request.id}",
    )


@router.get("")
async def list_quote_requests(
    reader: Reading, paging: Paging, queries: Given, rules: Rules, state: QuoteRequestState | None = None
) -> Page[QuoteRequestBody]:
    """Requests, newest first: a buyer's own, those a seller may answer or has answered, all for operators and auditors."""
    found = await queries.requests(reader, state, paging.limit + 1, paging.after_id)
    return paging.page_of(found, lambda one: request_body(one, rules.quotes_of_version(one.policy_version), reader))


@router.get("/{quote_request_id}")
async def read_quote_request(
    quote_request_id: Id, reader: Reading, queries: Given, rules: Rules, response: Response
) -> QuoteRequestBody:
    """One request; its version is the ETag, and does not change when somebody answers."""
    found = await queries.request(quote_request_id, reader)
    response.headers["ETag"] = f'"{found.version}"'
    return request_body(found, rules.quotes_of_version(found.policy_version), reader)


@router.get("/{quote_request_id}/bids")
async def list_bids(quote_request_id: Id, reader: Reading, queries: Given) -> BidList:
    """What you may see: a buyer what was unsealed, a seller its own, operators and auditors everything."""
    return BidList(items=[bid_body(bid) for bid in await queries.bids(quote_request_id, reader)])


@router.get(
    "/{quote_request_id}/bids/{bid_id}/quote",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The quote"}},
)
async def read_quote_paper(quote_request_id: Id, bid_id: Id, reader: Reading, queries: Given) -> Response:
    """The quote as PDF; 404 `quote_not_printed_yet` until shortly after the round is closed."""
    return _paper(await queries.paper(quote_request_id, bid_id, reader))


@internal.get("/{quote_request_id}/quotes")
async def list_quotes_internally(quote_request_id: Id, queries: Given) -> list[Id]:
    """For the mail that tells of them: the bids that were unsealed and hold."""
    return [bid.id for bid in await queries.bids(quote_request_id, QuoteReader()) if bid.state is BidState.OFFERED]


@internal.get("/{quote_request_id}/quotes/{bid_id}")
async def read_quote_internally(quote_request_id: Id, bid_id: Id, queries: Given) -> Response:
    """The stored PDF."""
    return _paper(await queries.paper(quote_request_id, bid_id, QuoteReader()))


@router.put("/{quote_request_id}/bid", response_model=BidBody)
async def give_bid(quote_request_id: Id, body: GiveBidBody, write: Write, subject: SellerOf) -> Response:
    """Answer a request, or answer it anew while its round is open: the last answer counts, and nobody else sees it.

    409 `round_over`, `quote_request_move_refused`: the round is closed. 422 `bid_lines_refused`: `errors` name what is asked
    for or the market's rule, and the line.
    """
    lines = tuple(line.line() for line in body.lines)
    command = GiveBid(_seller(subject), quote_request_id, lines, body.shipping_fee, body.note)
    return await write.answer(subject.tenant, partial(give, command), bid_body)


@router.post("/{quote_request_id}/bids/{bid_id}/withdrawal", response_model=BidBody)
async def withdraw_bid(quote_request_id: Id, bid_id: Id, write: Write, subject: SellerOf) -> Response:
    """Take your bid back: unseen while it is sealed; afterwards the buyer is told. What was awarded stays awarded."""
    command = WithdrawBid(_seller(subject), quote_request_id, bid_id)
    return await write.answer(subject.tenant, partial(take_back, command), bid_body)


@router.post("/{quote_request_id}/round-closure", response_model=QuoteRequestBody)
async def close_quote_round(quote_request_id: Id, write: Write, rules: Rules, subject: BuyerOf) -> Response:
    """See what was offered now, and take no more answers."""
    command = CloseRound(_buyer(subject), quote_request_id)
    return await write.answer(subject.tenant, partial(close_round, command), partial(_shown, rules, subject))


@router.post("/{quote_request_id}/rounds", response_model=QuoteRequestBody)
async def open_quote_round(
    quote_request_id: Id, body: RoundBody, write: Write, rules: Rules, subject: BuyerOf
) -> Response:
    """Ask once more. What was offered goes on holding for its time, unless the same seller answers anew."""
    command = OpenRound(_buyer(subject), quote_request_id, body.answer_business_days)
    return await write.answer(subject.tenant, partial(open_round, command), partial(_shown, rules, subject))


@router.post("/{quote_request_id}/award", response_model=QuoteRequestBody)
async def award_quotes(
    quote_request_id: Id, body: AwardQuotesBody, write: Write, rules: Rules, subject: BuyerOf
) -> Response:
    """Take what you want of the bids. Nothing is held yet: order it as `award_id` of `POST /v1/orders`.

    422 `award_too_large`, `choice_unknown`, `choice_twice`; 409 `quote_request_move_refused` if there is an award already.
    """
    command = AwardQuotes(_buyer(subject), quote_request_id, body.choices())
    return await write.answer(subject.tenant, partial(award, command), partial(_shown, rules, subject))


@router.post("/{quote_request_id}/award/withdrawal", response_model=QuoteRequestBody)
async def give_up_award(quote_request_id: Id, write: Write, rules: Rules, subject: BuyerOf) -> Response:
    """Choose anew; an award that was ordered is a matter of the order."""
    command = GiveUpAward(_buyer(subject), quote_request_id)
    return await write.answer(subject.tenant, partial(give_up, command), partial(_shown, rules, subject))


@router.post("/{quote_request_id}/declination", response_model=QuoteRequestBody)
async def decline_quotes(quote_request_id: Id, write: Write, rules: Rules, subject: BuyerOf) -> Response:
    """Take none of what was offered."""
    work = partial(decline, DeclineQuotes(_buyer(subject), quote_request_id))
    return await write.answer(subject.tenant, work, partial(_shown, rules, subject))


@router.post("/{quote_request_id}/withdrawal", response_model=QuoteRequestBody)
async def withdraw_quote_request(quote_request_id: Id, write: Write, rules: Rules, subject: BuyerOf) -> Response:
    """Ask no longer; nobody will see what was answered."""
    work = partial(withdraw, WithdrawQuoteRequest(_buyer(subject), quote_request_id))
    return await write.answer(subject.tenant, work, partial(_shown, rules, subject))


def _paper(paper: QuotePaper) -> Response:
    headers = {"Content-Disposition": f'inline; filename="quote-{paper.bid_id}.pdf"', "ETag": f'"{paper.sha256}"'}
    return Response(paper.content, media_type="application/pdf", headers=headers)


def _shown(rules: QuoteRulebook, subject: Subject, request: QuoteRequest) -> Any:
    reader = QuoteReader(buyer_id=subject.company_id)
    return request_body(request, rules.quotes_of_version(request.policy_version), reader)


def _buyer(subject: Subject) -> Id:
    if subject.kind != "buyer":
        raise Problem(403, "buyer_needed", "Only a buyer company asks for quotes")
    return subject.company_id


def _seller(subject: Subject) -> Id:
    if subject.kind != "seller":
        raise Problem(403, "seller_needed", "Only a seller answers requests for quotation")
    return subject.company_id
