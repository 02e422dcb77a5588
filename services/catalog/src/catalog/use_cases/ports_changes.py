"""What the change feed needs of the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.use_cases.ports import OfferView
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True, order=True)
class FeedPosition:
    """How far a reader has come: behind the offer number `offset` of row `row` of transaction `xid`."""

    xid: int
    row: int
    offset: int


@dataclass(frozen=True, slots=True)
class OfferChange:
    """An offer that changed, as it is now; None where it is not on sale in the market any more."""

    id: Id
    offer: OfferView | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in the order in which they can be told, each once; where to go on, and whether more is there already."""

    changes: Sequence[OfferChange]
    position: FeedPosition
    more: bool
    # When this was read, by the database's clock.
    at: datetime


class OfferChanges(Protocol):
    """Reads the log of changes."""

    async def changes(
        self, market: str, price_country: str, after: FeedPosition | None, limit: int
    ) -> ChangePage | None:
        """What changed in a market behind a position, at most `limit` offers; behind None nothing has, and the page says
        where the log ends now. None for a position that is not of this log."""
        ...
