"""The request for quotation: rounds of sealed answers, then an award of which an order is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.domain import quote_events as events
from catalog.domain.quote_errors import QuoteRequestMoveRefused, RoundOver
from catalog.domain.quote_lines import AskedLine, AwardedLine
from chassis.kernel.calendar import Deadline
from chassis.kernel.ids import Id, derived_id
from chassis.kernel.state import StateTable


class QuoteRequestState(StrEnum):
    """OPEN while sellers answer, OFFERED while the buyer chooses, ACCEPTED with an award, ORDERED; the others are ends."""

    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ORDERED = "ordered"
    CLOSED_NO_OFFER = "closed_no_offer"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = QuoteRequestState

MOVES = StateTable(
    {
        ("offer", S.OPEN): S.OFFERED,
        **{("find_nothing", state): S.CLOSED_NO_OFFER for state in (S.OPEN, S.OFFERED)},
        # A seller takes back what it offered in an earlier round while the next one runs, or before the buyer has chosen.
        **{("lose_bid", state): state for state in (S.OPEN, S.OFFERED)},
        ("ask_again", S.OFFERED): S.OPEN,
        ("accept", S.OFFERED): S.ACCEPTED,
        ("give_up", S.ACCEPTED): S.OFFERED,
        ("order", S.ACCEPTED): S.ORDERED,
        # The order ended unpaid; what was awarded may be ordered once more while it holds.
        ("return", S.ORDERED): S.ACCEPTED,
        ("decline", S.OFFERED): S.DECLINED,
        ("withdraw", S.OPEN): S.WITHDRAWN,
        **{("expire", state): S.EXPIRED for state in (S.OFFERED, S.ACCEPTED, S.ORDERED)},
    },
    QuoteRequestMoveRefused,
)


@dataclass(frozen=True, slots=True)
class Award:
    """What the buyer took, to be ordered until `expires_at`, which is when the first of its bids ceases to hold."""

    id: Id
    lines: tuple[AwardedLine, ...]
    shipping: tuple[tuple[Id, int], ...]
    made_at: datetime
    expires_at: datetime

    @property
    def seller_ids(self) -> tuple[Id, ...]:
        """The sellers in the order of their first line."""
        return tuple(dict.fromkeys(line.seller_id for line in self.lines))

    @property
    def units(self) -> int:
        """How many units it comes to."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True)
class QuoteRequest:
    """`delivery_country` is where the goods are to go, `currency` that of all bids; `note` is the buyer's own words.

    `answers_until` is the last second of the round and `closes_at` when the platform closes it. `valid_until` is when the
    last bid ceases to hold. `order_id` is the order that was made of the award.
    """

    id: Id
    version: int
    buyer_id: Id
    market: str
    policy_version: str
    delivery_country: str
    currency: str
    lines: tuple[AskedLine, ...]
    state: QuoteRequestState
    round: int
    answers_until: datetime
    closes_at: datetime
    asked_at: datetime
    updated_at: datetime
    note: str | None = None
    valid_until: datetime | None = None
    award: Award | None = None
    order_id: Id | None = None

    @property
    def categories(self) -> tuple[str, ...]:
        """What is asked for, each category once."""
        return tuple(sorted({line.category for line in self.lines}))

    def asked(self, asked_ids: Sequence[Id]) -> events.QuoteAsked:
        """The fact that goes with its first version."""
        return events.QuoteAsked(**self._round(asked_ids))

    def must_take_bids(self, now: datetime) -> None:
        """Refuse an answer to a round that is over."""
        if self.state is not S.OPEN:
            raise QuoteRequestMoveRefused("sellers answer while a round is open", state=str(self.state), move="bid")
        if now > self.answers_until:
            raise RoundOver(answers_until=self.answers_until.isoformat())

    def offer(self, bids: int, valid_until: datetime, *, at: datetime) -> tuple["QuoteRequest", events.QuotesOffered]:
        """The round is closed with so many bids that hold."""
        after = self._after("offer", at, valid_until=valid_until)
        return after, events.QuotesOffered(**after._told(), round=after.round, bids=bids, valid_until=valid_until)

    def find_nothing(self, *, at: datetime) -> tuple["QuoteRequest", events.NothingOffered]:
        """Nobody offers anything."""
        after = self._after("find_nothing", at, valid_until=None)
        return after, events.NothingOffered(**after._told(), round=after.round)

    def lose_bid(self, bid_id: Id, seller_id: Id, bids: int, *, at: datetime) -> tuple["QuoteRequest", events.BidLost]:
        """A seller took back what the buyer had already seen."""
        after = self._after("lose_bid", at)
        return after, events.BidLost(**after._told(), bid_id=bid_id, seller_id=seller_id, bids=bids)

    def ask_again(
        self, deadline: Deadline, asked_ids: Sequence[Id], *, at: datetime
    ) -> tuple["QuoteRequest", events.QuoteAskedAgain]:
        """Another round."""
        after = self._after(
            "ask_again", at, round=self.round + 1, answers_until=deadline.due_at, closes_at=deadline.acts_at
        )
        return after, events.QuoteAskedAgain(**after._round(asked_ids))

    def accept(
        self,
        lines: tuple[AwardedLine, ...],
        shipping: tuple[tuple[Id, int], ...],
        expires_at: datetime,
        *,
        at: datetime,
    ) -> tuple["QuoteRequest", events.QuoteAccepted]:
        """The buyer takes these lines; the award's id follows from the version, so that each award has one of its own."""
        award = Award(derived_id(self.id, f"award/{self.version}"), lines, shipping, at, expires_at)
        after = self._after("accept", at, award=award)
        return after, events.QuoteAccepted(
            **after._told(),
            award_id=award.id,
            expires_at=expires_at,
            seller_ids=award.seller_ids,
            units=award.units,
        )

    def give_up(self, reason: str, *, at: datetime) -> tuple["QuoteRequest", events.AwardGivenUp]:
        """The award is gone, what is offered still holds."""
        after = self._after("give_up", at, award=None)
        return after, events.AwardGivenUp(**after._told(), award_id=self._awarded.id, reason=reason)

    def order(self, order_id: Id, *, at: datetime) -> tuple["QuoteRequest", events.AwardOrdered]:
        """The award became an order."""
        after = self._after("order", at, order_id=order_id)
        return after, events.AwardOrdered(**after._told(), award_id=self._awarded.id, order_id=order_id)

    def return_award(self, *, at: datetime) -> tuple["QuoteRequest", events.AwardReturned]:
        """Its order ended unpaid while the award still holds."""
        order_id = self.order_id
        after = self._after("return", at, order_id=None)
        assert order_id is not None, "what is returned was ordered"
        return after, events.AwardReturned(**after._told(), award_id=self._awarded.id, order_id=order_id)

    def decline(self, *, at: datetime) -> tuple["QuoteRequest", events.QuoteDeclined]:
        """The buyer wants none of it."""
        after = self._after("decline", at)
        return after, events.QuoteDeclined(**after._told())

    def withdraw(self, *, at: datetime) -> tuple["QuoteRequest", events.QuoteRequestWithdrawn]:
        """The buyer no longer asks."""
        after = self._after("withdraw", at)
        return after, events.QuoteRequestWithdrawn(**after._told())

    def expire(self, *, at: datetime) -> tuple["QuoteRequest", events.QuoteExpired]:
        """Nothing holds any more."""
        after = self._after("expire", at)
        return after, events.QuoteExpired(**after._told())

    @property
    def _awarded(self) -> Award:
        assert self.award is not None, "an accepted request has an award"
        return self.award

    def _told(self) -> dict[str, Any]:
        return {"aggregate_id": self.id, "seq": self.version, "buyer_id": self.buyer_id, "market": self.market}

    def _round(self, asked_ids: Sequence[Id]) -> dict[str, Any]:
        return {
            **self._told(),
            "round": self.round,
            "answers_until": self.answers_until,
            "lines": tuple((line.line_no, line.category, line.quantity) for line in self.lines),
            "asked_ids": tuple(asked_ids),
        }

    def _after(self, move: str, at: datetime, **changes: Any) -> "QuoteRequest":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, updated_at=at, **changes)
