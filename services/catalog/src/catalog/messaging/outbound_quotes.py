"""What is told of quotes: who asked and who was asked, but no price, and no bidder before the round is closed."""

from datetime import datetime
from typing import Any

from catalog.domain import quote_events as events


def quote_facts(event: events.QuoteEvent) -> tuple[str, dict[str, Any]]:
    """The name of the fact and its body."""
    about: dict[str, Any] = {"buyer_id": str(event.buyer_id), "market": event.market}
    match event:
        case events.QuoteAskedAgain():
            return "asked_again", {**about, **_round(event)}
        case events.QuoteAsked():
            return "asked", {**about, **_round(event)}
        case events.QuotesOffered():
            told = {"round": event.round, "bids": event.bids, "valid_until": _instant(event.valid_until)}
            return "offered", {**about, **told}
        case events.BidLost():
            told = {"bid_id": str(event.bid_id), "seller_id": str(event.seller_id), "bids": event.bids}
            return "bid_withdrawn", {**about, **told}
        case events.NothingOffered():
            return "closed_no_offer", {**about, "round": event.round}
        case events.QuoteAccepted():
            return "accepted", {
                **about,
                "award_id": str(event.award_id),
                "expires_at": _instant(event.expires_at),
                "seller_ids": [str(seller) for seller in event.seller_ids],
                "units": event.units,
            }
        case events.AwardGivenUp():
            return "award_given_up", {**about, "award_id": str(event.award_id), "reason": event.reason}
        case events.AwardOrdered():
            return "ordered", {**about, "award_id": str(event.award_id), "order_id": str(event.order_id)}
        case events.AwardReturned():
            return "award_returned", {**about, "award_id": str(event.award_id), "order_id": str(event.order_id)}
        case events.QuoteDeclined():
            return "declined", about
        case events.QuoteRequestWithdrawn():
            return "withdrawn", about
        case events.QuoteExpired():
            return "expired", about
        case _:
            raise TypeError(f"{type(event).__name__} has no public shape")


def _round(event: events.QuoteAsked) -> dict[str, Any]:
    return {
        "round": event.round,
        "answers_until": _instant(event.answers_until),
        "lines": [
            {"line_no": line_no, "category": category, "quantity": quantity}
            for line_no, category, quantity in event.lines
        ],
        "asked_ids": [str(seller) for seller in event.asked_ids],
    }


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
