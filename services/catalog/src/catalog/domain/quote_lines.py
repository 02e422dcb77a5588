"""The lines of requests, bids and awards: what is asked for, what is offered for it, and what the buyer takes."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.domain.terms import Levy
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

LINES_MAX = 50
BID_LINES_MAX = 200
QUANTITY_MAX = 9_999


class Source(StrEnum):
    """Whether the units lie there, and are held for an order, or are still being refurbished and promised for a day."""

    STOCK = "stock"
    IN_REFURBISHMENT = "in_refurbishment"


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What a buyer asks for. `grade`, `battery_floor` (percent) and `warranty_months` are the least it accepts."""

    line_no: int
    category: str
    model: str
    quantity: int
    grade: str | None = None
    battery_floor: int | None = None
    warranty_months: int | None = None
    needed_by: date | None = None
    specs: str | None = None
    accessories: tuple[str, ...] = ()
    refurbishing_accepted: bool = False


@dataclass(frozen=True, slots=True)
class BidLine:
    """What a seller offers for a line: units of one of its own offers, at a price of their own.

    `place` counts the lines of the bid from 1. `lead_business_days` run from the money, or, for units that are still being
    refurbished, from `ready_on`. Title, SKU, VAT regime, place of dispatch and
    levies, those of the country of delivery, are the offer's when the bid was made; levies are part of the price.
    """

    place: int
    line_no: int
    offer_id: Id
    source: Source
    quantity: int
    unit_price: Money
    sku: str
    title: str
    category: str
    vat_regime: str
    ship_from: str
    grade: str
    warranty_months: int
    lead_business_days: int
    battery_floor: int | None = None
    ready_on: date | None = None
    specs: str | None = None
    accessories: tuple[str, ...] = ()
    levies: tuple[Levy, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What the buyer takes of one line of a bid."""

    bid_id: Id
    place: int
    quantity: int


@dataclass(frozen=True, slots=True)
class AwardedLine:
    """A choice with the terms of its bid; they are the order's, whatever the seller changes later."""

    bid_id: Id
    seller_id: Id
    quantity: int
    terms: BidLine
