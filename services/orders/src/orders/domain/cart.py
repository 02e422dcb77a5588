"""A saved cart: what a buyer company may order one day, kept for its people, and what became of its lines since."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.errors import Overtaken
from chassis.kernel.ids import Id
from orders.domain.errors import CartChanged
from orders.domain.order import OrderLine, check_lines

NAME_MAX = 80
# So many a buyer company keeps; each may be as large as an order.
CARTS_MAX = 100


@dataclass(frozen=True, slots=True)
class CartLine:
    """An offer, how many of it, options (codes of the offer) with each, and a note to its seller."""

    line_no: int
    offer_id: Id
    quantity: int
    options: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LineLook:
    """What a line was at a moment: `reason` says why it could not be had (catalog's code), None where it could.

    `unit_price` is in minor units of the cart's currency with the line's options, None where there was no price.
    """

    line_no: int
    offer_id: Id
    available: int
    reason: str | None
    seller_id: Id | None = None
    title: str | None = None
    grade: str | None = None
    vat_regime: str | None = None
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """All lines at a moment, with the shipping fees (minor units) of the sellers of whom some line could be had."""

    lines: tuple[LineLook, ...]
    shipping: Mapping[Id, int]

    def line(self, line_no: int) -> LineLook | None:
        """That line, unless it was not looked at."""
        return next((line for line in self.lines if line.line_no == line_no), None)


@dataclass(frozen=True, slots=True)
class CartContents:
    """What somebody saves; `name` tells the carts of a company apart."""

    name: str
    lines: tuple[CartLine, ...]
    price_country: str
    currency: str
    note: str | None = None

    def check(self) -> None:
        """Refuse what could never be ordered."""
        check_lines([OrderLine(line.line_no, line.offer_id, line.quantity) for line in self.lines])


@dataclass(frozen=True)
class Cart:
    """`version` rises when it is saved and when it is ordered, so that what somebody has looked at is ordered once.

    `saved_by` is the person, None for a program. `seen` is what the lines were right after they were saved. `order_id` is
    the last order that was made of it; `leaves_with` the one that takes the cart along when its stock is held.
    """

    id: Id
    version: int
    buyer_id: Id
    market: str
    contents: CartContents
    saved_at: datetime
    saved_by: Id | None = None
    seen: Look | None = None
    order_id: Id | None = None
    leaves_with: Id | None = None

    def saved(self, contents: CartContents, by: Id | None, at: datetime, *, version: int) -> "Cart":
        """With other contents. It stays, whatever becomes of an order that was made of those before.

        Raises Overtaken where it is not what this person has seen.
        """
        if self.version != version:
            raise Overtaken(version=self.version)
        contents.check()
        return replace(
            self,
            version=self.version + 1,
            contents=contents,
            saved_at=at,
            saved_by=by,
            seen=None,
            leaves_with=None,
        )

    def ordered(self, order_id: Id, *, version: int, keep: bool) -> "Cart":
        """It became an order, with which it goes unless it is to be kept.

        Raises CartChanged where it is not what the buyer has looked at: another tab has ordered it, or somebody saved it.
        """
        if self.version != version:
            raise CartChanged(
                "read the cart, and order the version you want",
                cart_id=str(self.id),
                version=self.version,
                last_order_id=None if self.order_id is None else str(self.order_id),
            )
        return replace(self, version=self.version + 1, order_id=order_id, leaves_with=None if keep else order_id)


def new_cart(id: Id, buyer_id: Id, market: str, contents: CartContents, by: Id | None, at: datetime) -> Cart:
    """A cart of a company that its market prices."""
    contents.check()
    return Cart(id, 1, buyer_id, market, contents, at, by)


class Change(StrEnum):
    """What a buyer is told of a line that is not what it was when it was saved."""

    PRICE_ROSE = "price_rose"
    PRICE_FELL = "price_fell"
    GONE = "gone"
    TOO_FEW = "too_few"
    TERMS_CHANGED = "terms_changed"
    CAN_BE_HAD_AGAIN = "can_be_had_again"


# Catalog's reasons for which the line's terms have to be chosen anew; of `not_enough_stock` there are too few, and whatever
# else it says, the offer is not there for this cart.
_OF_TERMS = frozenset({"unknown_option", "below_minimum_quantity", "not_in_packs"})


def changes(saved: LineLook | None, today: LineLook) -> tuple[Change, ...]:
    """What became of a line since it was saved; nothing where nobody has looked at it then."""
    if saved is None:
        return ()
    found = []
    if _hindrance(saved) is not _hindrance(today):
        found.append(_hindrance(today) or Change.CAN_BE_HAD_AGAIN)
    if saved.unit_price is not None and today.unit_price is not None and saved.unit_price != today.unit_price:
        found.append(Change.PRICE_ROSE if today.unit_price > saved.unit_price else Change.PRICE_FELL)
    return tuple(found)


def _hindrance(line: LineLook) -> Change | None:
    if line.reason is None:
        return None
    if line.reason == "not_enough_stock":
        return Change.TOO_FEW
    return Change.TERMS_CHANGED if line.reason in _OF_TERMS else Change.GONE
