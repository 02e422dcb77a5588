"""Shapes of requests for quotation, bids and awards."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from catalog.api.schemas import AMOUNT_MAX, Country
from catalog.api.term_schemas import LevyBody, levies_json
from catalog.domain.bid import Bid, BidState
from catalog.domain.product import Category
from catalog.domain.quote_lines import (
    BID_LINES_MAX,
    LINES_MAX,
    QUANTITY_MAX,
    AskedLine,
    AwardedLine,
    BidLine,
    Choice,
    Source,
)
from catalog.domain.quote_request import Award, QuoteRequest, QuoteRequestState
from catalog.domain.quote_rules import QuoteRules
from catalog.use_cases.give_bid import OfferedLine
from catalog.use_cases.ports_quotes import QuoteReader
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.web.pages import MoneyBody
from chassis.web.text import ONE_LINE, STORABLE

_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), ONE_LINE]
_Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), STORABLE]
_Grade = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX, strict=True)]
_Percent = Annotated[int, Field(ge=1, le=100, strict=True)]
_Months = Annotated[int, Field(ge=0, le=240, strict=True)]
_Days = Annotated[int, Field(ge=0, le=60, strict=True)]
_Amount = Annotated[int, Field(ge=0, le=AMOUNT_MAX, strict=True)]
_Place = Annotated[int, Field(ge=1, le=BID_LINES_MAX, strict=True)]
_Accessories = Annotated[list[_Line], Field(max_length=10)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskedLineIn(_Strict):
    """What you ask for. `grade`, `battery_floor` and `warranty_months` are the least you accept."""

    category: Category
    model: _Line = Field(description="In your own words, such as `Apple iPhone 13 128 GB`")
    quantity: _Quantity
    grade: _Grade | None = None
    battery_floor: _Percent | None = Field(default=None, description="Battery health in percent")
    warranty_months: _Months | None = None
    needed_by: date | None = None
    specs: _Line | None = Field(default=None, description="Changed specifications, such as `32 GB RAM, Windows 11 Pro`")
    accessories: _Accessories = []
    refurbishing_accepted: bool = Field(
        default=False, description="Whether stock still in refurbishment may be offered"
    )

    def line(self, line_no: int) -> AskedLine:
        """For the use case."""
        return AskedLine(
            line_no=line_no,
            category=str(self.category),
            model=self.model,
            quantity=self.quantity,
            grade=self.grade,
            battery_floor=self.battery_floor,
            warranty_months=self.warranty_months,
            needed_by=self.needed_by,
            specs=self.specs,
            accessories=tuple(self.accessories),
            refurbishing_accepted=self.refurbishing_accepted,
        )


_AnswerDays = Annotated[
    int | None,
    Field(ge=1, le=20, strict=True, description="Business days that sellers get; never less than the market's"),
]


class AskForQuotesBody(_Strict):
    """A request for quotation. Country and currency are your market's own where you name none."""

    lines: Annotated[list[AskedLineIn], Field(min_length=1, max_length=LINES_MAX)]
    note: _Note | None = Field(default=None, description="Sellers read it; do not name yourself")
    delivery_country: Country | None = None
    currency: _Currency | None = None
    answer_business_days: _AnswerDays = None

    def asked(self) -> tuple[AskedLine, ...]:
        """The lines for the use case."""
        return tuple(line.line(n) for n, line in enumerate(self.lines, start=1))


class RoundBody(_Strict):
    """Another round."""

    answer_business_days: _AnswerDays = None


class OfferedLineIn(_Strict):
    """What you offer for a line: units of one of your own offers, at a price for this buyer.

    Grade, battery and warranty are your offer's where you say nothing. Units `in_refurbishment` need `ready_on`;
    `lead_business_days` count from the money, or from that day where it is later.
    """

    line_no: Annotated[int, Field(ge=1, le=LINES_MAX, strict=True)]
    offer_id: Id
    quantity: _Quantity
    unit_price: Annotated[
        int, Field(gt=0, le=AMOUNT_MAX, strict=True, description="Minor units of the currency asked in")
    ]
    lead_business_days: _Days = 1
    source: Source = Source.STOCK
    grade: _Grade | None = None
    battery_floor: _Percent | None = None
    warranty_months: _Months | None = None
    ready_on: date | None = None
    specs: _Line | None = None
    accessories: _Accessories = []

    def line(self) -> OfferedLine:
        """For the use case."""
        return OfferedLine(**{**dict(self), "accessories": tuple(self.accessories)})


class GiveBidBody(_Strict):
    """Your whole answer to a round; sent again it replaces what you had answered."""

    lines: Annotated[list[OfferedLineIn], Field(min_length=1, max_length=BID_LINES_MAX)]
    shipping_fee: _Amount = Field(default=0, description="Once, whatever is ordered of it; minor units")
    note: _Note | None = None


class ChoiceIn(_Strict):
    """How many units of which line of which bid."""

    bid_id: Id
    place: _Place
    quantity: _Quantity


class AwardQuotesBody(_Strict):
    """What you take: lines in whole or in part, of one bid or several."""

    lines: Annotated[list[ChoiceIn], Field(min_length=1, max_length=BID_LINES_MAX)]

    def choices(self) -> tuple[Choice, ...]:
        """For the use case."""
        return tuple(Choice(line.bid_id, line.place, line.quantity) for line in self.lines)


class AskedLineBody(BaseModel):
    """What is asked for."""

    line_no: int
    category: Category
    model: str
    quantity: int
    grade: str | None
    battery_floor: int | None
    warranty_months: int | None
    needed_by: date | None
    specs: str | None
    accessories: list[str]
    refurbishing_accepted: bool


class LeadDaysBody(BaseModel):
    """How many days bulk and changed specifications usually take."""

    least: int
    most: int


class BidLineBody(BaseModel):
    """What is offered for a line; `place` counts the lines of the bid."""

    place: int
    line_no: int
    offer_id: Id
    source: Source
    quantity: int
    unit_price: MoneyBody
    sku: str
    title: str
    category: Category
    vat_regime: Literal["normal", "margin"]
    ship_from: str
    grade: str
    battery_floor: int | None
    warranty_months: int
    lead_business_days: int
    ready_on: date | None
    specs: str | None
    accessories: list[str]
    levies: list[LevyBody] = Field(description="Part of `unit_price`, as the seller declares them for the country")


class AwardedLineBody(BaseModel):
    """What was taken of a line of a bid, with its terms."""

    bid_id: Id
    seller_id: Id
    quantity: int
    terms: BidLineBody


class ShippingBody(BaseModel):
    """A seller's shipping fee."""

    seller_id: Id
    fee: MoneyBody

    @classmethod
    def of(cls, seller_id: Id, fee: Money) -> Self:
        """The same fee, for a body."""
        return cls(seller_id=seller_id, fee=MoneyBody.of(fee))


class AwardBody(BaseModel):
    """What was taken; order it as `award_id` of `POST /v1/orders` until `expires_at`. A seller sees its own part."""

    id: Id
    lines: list[AwardedLineBody]
    shipping: list[ShippingBody]
    made_at: datetime
    expires_at: datetime


class QuoteRequestBody(BaseModel):
    """A request for quotation. Sellers are not told who asks; `bulk`: it takes the longer `lead_days` of large lots."""

    id: Id
    version: int
    state: QuoteRequestState
    buyer_id: Id | None
    market: str
    delivery_country: str
    currency: str
    round: int
    answers_until: datetime
    valid_until: datetime | None
    lines: list[AskedLineBody]
    note: str | None
    bulk: bool
    lead_days: LeadDaysBody | None
    award: AwardBody | None
    order_id: Id | None
    asked_at: datetime
    updated_at: datetime


class BidBody(BaseModel):
    """A seller's answer to a round; its buyer sees it when the round is closed, and no other seller ever does."""

    id: Id
    version: int
    quote_request_id: Id
    seller_id: Id
    round: int
    state: BidState
    lines: list[BidLineBody]
    shipping_fee: MoneyBody
    note: str | None
    valid_until: datetime | None
    given_at: datetime
    updated_at: datetime


class BidList(BaseModel):
    """All that you may see."""

    items: list[BidBody]


def request_body(request: QuoteRequest, rules: QuoteRules, reader: QuoteReader) -> QuoteRequestBody:
    """The request as its reader sees it."""
    bulk = rules.is_bulk(request.lines)
    is_seller = reader.seller_id is not None
    award = _award(request.award, reader.seller_id, request.currency) if request.award else None
    return QuoteRequestBody(
        id=request.id,
        version=request.version,
        state=request.state,
        buyer_id=None if is_seller else request.buyer_id,
        market=request.market,
        delivery_country=request.delivery_country,
        currency=request.currency,
        round=request.round,
        answers_until=request.answers_until,
        valid_until=request.valid_until,
        lines=[AskedLineBody.model_validate(line, from_attributes=True) for line in request.lines],
        note=request.note,
        bulk=bulk,
        lead_days=LeadDaysBody(least=rules.bulk_lead_days_least, most=rules.bulk_lead_days_most) if bulk else None,
        award=award,
        order_id=None if is_seller and award is None else request.order_id,
        asked_at=request.asked_at,
        updated_at=request.updated_at,
    )


def bid_body(bid: Bid) -> BidBody:
    """The bid."""
    return BidBody(
        id=bid.id,
        version=bid.version,
        quote_request_id=bid.quote_request_id,
        seller_id=bid.seller_id,
        round=bid.round,
        state=bid.state,
        lines=[_line(line) for line in bid.lines],
        shipping_fee=MoneyBody(amount=bid.shipping_fee, currency=bid.currency),
        note=bid.note,
        valid_until=bid.valid_until,
        given_at=bid.given_at,
        updated_at=bid.updated_at,
    )


def _award(award: Award, seller_id: Id | None, currency: str) -> AwardBody | None:
    lines = [line for line in award.lines if seller_id in (None, line.seller_id)]
    if not lines:
        return None
    return AwardBody(
        id=award.id,
        lines=[_awarded(line) for line in lines],
        shipping=[
            ShippingBody.of(seller, Money(fee, currency))
            for seller, fee in award.shipping
            if seller_id in (None, seller)
        ],
        made_at=award.made_at,
        expires_at=award.expires_at,
    )


def _awarded(line: AwardedLine) -> AwardedLineBody:
    return AwardedLineBody(
        bid_id=line.bid_id, seller_id=line.seller_id, quantity=line.quantity, terms=_line(line.terms)
    )


def _line(line: BidLine) -> BidLineBody:
    return BidLineBody(
        place=line.place,
        line_no=line.line_no,
        offer_id=line.offer_id,
        source=line.source,
        quantity=line.quantity,
        unit_price=MoneyBody.of(line.unit_price),
        sku=line.sku,
        title=line.title,
        category=Category(line.category),
        vat_regime="margin" if line.vat_regime == "margin" else "normal",
        ship_from=line.ship_from,
        grade=line.grade,
        battery_floor=line.battery_floor,
        warranty_months=line.warranty_months,
        lead_business_days=line.lead_business_days,
        ready_on=line.ready_on,
        specs=line.specs,
        accessories=list(line.accessories),
        levies=[LevyBody.model_validate(levy) for levy in levies_json(line.levies)],
    )
