"""What the buy box needs of the outside: marked products, their offers, boxes with their decisions, and sellers' records."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from catalog.domain.boxes import BuyBox
from catalog.domain.buy_box import Contender
from catalog.domain.comparisons import Comparison, Decision, Entry
from chassis.kernel.ids import Id


class BuyBoxes(Protocol):
    """Boxes, and the marks that say which of them may have to be decided anew."""

    async def take_marked(self, most: int) -> list[Id]:
        """Products that changed, about `most` of those marked first, no longer marked when this transaction commits; none
        while another copy decides."""
        ...

    async def entries(self, product_ids: Collection[Id]) -> list[Entry]:
        """Every offer of these products."""
        ...

    async def of_products(self, product_ids: Collection[Id]) -> list[BuyBox]:
        """Every box there ever was for these products."""
        ...

    async def keep(self, decided: Sequence[tuple[BuyBox, Decision]]) -> None:
        """Store the boxes as they are now, and add their decisions."""
        ...


class ServiceNote(NamedTuple):
    """What is newly known of a seller order; None where nothing is. `claims` are added. `excused`: its buyer ended it.

    Of several `ship_by` the last one counts: a seller that was asked for another address could not ship meanwhile.
    """

    seller_order_id: Id
    seller_id: Id | None = None
    ship_by: datetime | None = None
    shipped_at: datetime | None = None
    claims: int = 0
    excused: bool = False


class ServiceBook(Protocol):
    """How sellers kept their word, order by order, and the records counted from it."""

    async def note(self, note: ServiceNote) -> None:
        """Add what is newly known; facts of one order may come in any order."""
        ...

    async def count(self, day: date) -> int:
        """Count every seller's record for this day, and mark the products of those whose record is another one than before:
        how many sellers that were."""
        ...


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it was written. `contenders` are its inputs, the best first; where there were very many, the best of them."""

    version: int
    formula: int
    decided_at: datetime
    winner_offer_id: Id | None
    contenders: Sequence[Contender]
    contenders_in_all: int


class BuyBoxQueries(Protocol):
    """Reads outside of any transaction."""

    async def rivals(self, offer_id: Id) -> list[Entry]:
        """Every offer of the product and grade of this offer, with the offer itself; none where there is no such offer."""
        ...

    async def box(self, comparison: Comparison) -> BuyBox | None:
        """The box of a comparison; where the country has none of its own, that of all other countries."""
        ...

    async def decisions(self, box_id: Id, before: int | None, limit: int) -> list[StoredDecision]:
        """A box's decisions, the newest first, from the one before a version on."""
        ...
