"""What a buyer wants of a part it has paid: to be free of it. And what a seller says about a parcel that is late."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class RequestState(StrEnum):
    """OVERTAKEN: the part ended for another reason before anybody answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class DeclineReason(StrEnum):
    """Why a part is delivered although its buyer wanted to be free of it. SHIPPED: the parcel was faster (row C5)."""

    SELLER = "seller"
    NO_ANSWER = "no_answer"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class CancellationRequest:
    """`answer_by` is until when its seller answers; no answer is a no. A part is asked about once."""

    state: RequestState
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None = None
    declined_because: DeclineReason | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its seller."""
        return self.state is RequestState.OPEN

    def declined(self, because: DeclineReason, at: datetime) -> "CancellationRequest":
        """The part is delivered."""
        return replace(self, state=RequestState.DECLINED, answered_at=at, declined_because=because)

    def ended(self, at: datetime, *, as_asked: bool) -> "CancellationRequest":
        """The part has ended: what is answered stays as it is."""
        if not self.is_open:
            return self
        return replace(self, state=RequestState.ACCEPTED if as_asked else RequestState.OVERTAKEN, answered_at=at)


class DelayReason(StrEnum):
    """Why a parcel leaves later than promised."""

    OUT_OF_STOCK = "out_of_stock"
    BUSY_PERIOD = "busy_period"
    OUTSIDE_CONTROL = "outside_control"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Delay:
    """What a seller told its buyer: why, and on which day the parcel is expected to leave.

    `excused`: the market does not hold it against the seller (row F8), who said so before it was late.
    """

    reason: DelayReason
    expected_on: date
    told_at: datetime
    excused: bool
