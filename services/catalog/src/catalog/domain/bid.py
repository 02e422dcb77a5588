"""A seller's bid in one round: sealed until the round is closed, then an offer that holds for its time."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog.domain.quote_errors import BidMoveRefused
from catalog.domain.quote_lines import BidLine
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class BidState(StrEnum):
    """SEALED, then OFFERED; REPLACED by the same seller's bid of a later round, WITHDRAWN, or DROPPED with its request."""

    SEALED = "sealed"
    OFFERED = "offered"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DROPPED = "dropped"


S = BidState

MOVES = StateTable(
    {
        # Whoever withdrew may think again while the round is open.
        **{("revise", state): S.SEALED for state in (S.SEALED, S.WITHDRAWN)},
        ("reveal", S.SEALED): S.OFFERED,
        ("replace", S.OFFERED): S.REPLACED,
        **{("withdraw", state): S.WITHDRAWN for state in (S.SEALED, S.OFFERED)},
        ("drop", S.SEALED): S.DROPPED,
    },
    BidMoveRefused,
)


@dataclass(frozen=True)
class Bid:
    """One for each seller and round. It has no topic: nobody may learn from one how many there are, or whose.

    `version` counts the seller's revisions and what became of the bid. `shipping_fee` is in minor units, once for whatever
    is ordered of it; `valid_until` is known when the round is closed.
    """

    id: Id
    version: int
    quote_request_id: Id
    seller_id: Id
    round: int
    lines: tuple[BidLine, ...]
    shipping_fee: int
    currency: str
    state: BidState
    given_at: datetime
    updated_at: datetime
    note: str | None = None
    valid_until: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether the buyer may take it."""
        return self.state is S.OFFERED and self.valid_until is not None and now <= self.valid_until

    def revise(self, lines: tuple[BidLine, ...], shipping_fee: int, note: str | None, *, at: datetime) -> "Bid":
        """The seller answers anew; only the last answer counts."""
        return self._after("revise", at, lines=lines, shipping_fee=shipping_fee, note=note)

    def reveal(self, valid_until: datetime, *, at: datetime) -> "Bid":
        """The round is closed: the buyer sees it, and it holds until then."""
        return self._after("reveal", at, valid_until=valid_until)

    def replace(self, *, at: datetime) -> "Bid":
        """The same seller has answered a later round."""
        return self._after("replace", at)

    def withdraw(self, *, at: datetime) -> "Bid":
        """The seller takes it back."""
        return self._after("withdraw", at)

    def drop(self, *, at: datetime) -> "Bid":
        """The buyer no longer asks; nobody will ever see it."""
        return self._after("drop", at)

    def _after(self, move: str, at: datetime, **changes: Any) -> "Bid":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state), updated_at=at, **changes)
