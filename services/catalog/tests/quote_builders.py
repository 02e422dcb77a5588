"""Requests and bids with sensible defaults, so that a test shows only what it is about."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from catalog.domain.bid import Bid, BidState
from catalog.domain.quote_events import QuoteEvent
from catalog.domain.quote_lines import AskedLine, AwardedLine, BidLine, Source
from catalog.domain.quote_request import Award, QuoteRequest, QuoteRequestState
from chassis.kernel.calendar import calendar
from chassis.kernel.ids import Id, new_id

from .builders import NOW, euros

LATER = NOW + timedelta(days=14)
ENDED = (QuoteRequestState.ORDERED, QuoteRequestState.ACCEPTED)


def asked_for(quantity: int = 30, **changes: Any) -> AskedLine:
    """Thirty good phones."""
    return replace(AskedLine(1, "smartphone", "Apple iPhone 13 128 GB", quantity), **changes)


def offered(quantity: int = 30, **changes: Any) -> BidLine:
    """Thirty good phones at 350 EUR out of stock."""
    line = BidLine(
        place=1,
        line_no=1,
        offer_id=new_id(),
        source=Source.STOCK,
        quantity=quantity,
        unit_price=euros(35_000),
        sku="A-1",
        title="Apple iPhone 13 128GB 4GB RAM Blue",
        category="smartphone",
        vat_regime="normal",
        ship_from="FR",
        grade="good",
        warranty_months=24,
        lead_business_days=2,
        battery_floor=90,
    )
    return replace(line, **changes)


def in_refurbishment(ready_on: date, **changes: Any) -> BidLine:
    """The same phones, which are ready on a day to come."""
    return offered(source=Source.IN_REFURBISHMENT, ready_on=ready_on, **changes)


def an_award(*lines: BidLine, expires_at: Any = LATER) -> Award:
    """All of these lines, each of a seller of its own, who sends for 9.90 EUR."""
    taken = tuple(AwardedLine(new_id(), new_id(), line.quantity, line) for line in lines or (offered(),))
    return Award(new_id(), taken, tuple((line.seller_id, 990) for line in taken), NOW, expires_at)


def a_request(state: QuoteRequestState = QuoteRequestState.OPEN, **changes: Any) -> QuoteRequest:
    """A French buyer's, in any state."""
    is_awarded = state in ENDED
    request = QuoteRequest(
        id=new_id(),
        version=3,
        buyer_id=new_id(),
        market="fr-pro",
        policy_version="2026-01-01.0123456789ab",
        delivery_country="FR",
        currency="EUR",
        lines=(asked_for(),),
        state=state,
        round=1,
        answers_until=NOW + timedelta(days=2),
        closes_at=NOW + timedelta(days=2, seconds=1),
        asked_at=NOW,
        updated_at=NOW,
        valid_until=None if state is QuoteRequestState.OPEN else LATER,
        award=an_award() if is_awarded else None,
        order_id=new_id() if state is QuoteRequestState.ORDERED else None,
    )
    return replace(request, **changes)


def a_bid(state: BidState = BidState.OFFERED, seller_id: Id | None = None, **changes: Any) -> Bid:
    """A seller's, in any state; it holds for two weeks once it is unsealed."""
    bid = Bid(
        id=new_id(),
        version=2,
        quote_request_id=new_id(),
        seller_id=seller_id or new_id(),
        round=1,
        lines=(offered(),),
        shipping_fee=990,
        currency="EUR",
        state=state,
        given_at=NOW,
        updated_at=NOW,
        valid_until=LATER if state is BidState.OFFERED else None,
    )
    return replace(bid, **changes)


def every_quote_event() -> list[QuoteEvent]:
    """One of each fact, as the moves of a request tell them."""
    states = QuoteRequestState
    days = calendar("FR").deadline_after(NOW, 1)
    offered_, accepted = a_request(states.OFFERED), a_request(states.ACCEPTED)
    award = an_award()
    return [
        a_request(version=1).asked([new_id()]),
        a_request().offer(2, LATER, at=NOW)[1],
        a_request().find_nothing(at=NOW)[1],
        offered_.lose_bid(new_id(), new_id(), 1, at=NOW)[1],
        offered_.ask_again(days, [new_id()], at=NOW)[1],
        offered_.accept(award.lines, award.shipping, LATER, at=NOW)[1],
        accepted.give_up("buyer", at=NOW)[1],
        accepted.order(new_id(), at=NOW)[1],
        a_request(states.ORDERED).return_award(at=NOW)[1],
        offered_.decline(at=NOW)[1],
        a_request().withdraw(at=NOW)[1],
        offered_.expire(at=NOW)[1],
    ]
