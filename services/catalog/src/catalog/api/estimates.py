"""What an order would come to today: the terms that `orders` weighs against a buyer's limits. Nothing is held."""

from datetime import date, datetime
from typing import Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from catalog.api.quote_schemas import ShippingBody
from catalog.api.term_schemas import LevyBody, OptionBody, levies_json, options_json
from catalog.domain.award_reservation import refusal_of_award, refuse_award, reserve_award
from catalog.domain.events import ReservationHeld, ReservationRefused
from catalog.domain.reservation import HeldLine, OrderedLine, PlacedOrder, reserve
from catalog.use_cases.ports import CatalogQueries, Rulebook
from catalog.use_cases.ports_quotes import QuoteQueries
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.web.internal import internal_caller
from chassis.web.pages import MoneyBody

router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


class AskedLineBody(BaseModel, extra="forbid"):
    """An offer, how many of it, the options with each, and the most that is paid for it with them."""

    line_no: int
    offer_id: Id
    quantity: int
    unit_price: MoneyBody | None = None
    options: list[str] = []


class EstimateRequest(BaseModel, extra="forbid"):
    """An order, as `orders.order.placed` would tell it: with lines, or with an award instead of them."""

    order_id: Id
    market: str
    price_country: str
    currency: str
    lines: list[AskedLineBody]
    buyer_id: Id | None = None
    award_id: Id | None = None
    delivery_country: str | None = None

    def order(self) -> PlacedOrder:
        """As the domain knows it."""
        lines = tuple(
            OrderedLine(
                one.line_no,
                one.offer_id,
                one.quantity,
                Money(one.unit_price.amount, one.unit_price.currency) if one.unit_price else None,
                tuple(one.options),
            )
            for one in self.lines
        )
        return PlacedOrder(
            self.order_id,
            self.market,
            self.price_country,
            self.currency,
            lines,
            buyer_id=self.buyer_id,
            award_id=self.award_id,
            delivery_country=self.delivery_country,
        )


class EstimatedLineBody(BaseModel):
    """A line with the terms of its offer, as `catalog.reservation.held` tells them."""

    line_no: int
    offer_id: Id
    seller_id: Id
    sku: str
    title: str
    category: str
    grade: str
    quantity: int
    unit_price: MoneyBody
    vat_regime: str
    ship_from: str
    warranty_months: int
    dispatch_business_days: int
    ready_on: date | None
    options: list[OptionBody]
    levies: list[LevyBody]

    @classmethod
    def of(cls, line: HeldLine) -> Self:
        """The same line, for a body."""
        return cls(
            line_no=line.line_no,
            offer_id=line.offer_id,
            seller_id=line.seller_id,
            sku=line.sku,
            title=line.title,
            category=str(line.category),
            grade=line.grade,
            quantity=line.quantity,
            unit_price=MoneyBody.of(line.unit_price),
            vat_regime=line.vat_regime,
            ship_from=line.ship_from,
            warranty_months=line.warranty_months,
            dispatch_business_days=line.dispatch_business_days,
            ready_on=line.ready_on,
            options=[OptionBody.model_validate(option) for option in options_json(line.options)],
            levies=[LevyBody.model_validate(levy) for levy in levies_json(line.levies)],
        )


class RefusedLineBody(BaseModel):
    """A line that cannot be had, as `catalog.reservation.refused` tells it."""

    line_no: int
    offer_id: Id
    requested: int
    available: int
    reason: str


class EstimateBody(BaseModel):
    """All lines with their terms; or `reason`, with those that cannot be had."""

    lines: list[EstimatedLineBody]
    shipping: list[ShippingBody]
    refused: list[RefusedLineBody]
    reason: str | None = None


@router.post("/estimates")
async def estimate_order(body: EstimateRequest, request: Request) -> EstimateBody:
    """By the very rules that a reservation follows, on figures that nobody is kept from changing."""
    answer = await _answer(body.order(), request)
    if not isinstance(answer, ReservationHeld):
        return EstimateBody(
            lines=[],
            shipping=[],
            refused=[
                RefusedLineBody(
                    line_no=one.line_no,
                    offer_id=one.offer_id,
                    requested=one.requested,
                    available=one.available,
                    reason=one.reason,
                )
                for one in answer.lines
            ],
            reason=answer.reason,
        )
    return EstimateBody(
        lines=[EstimatedLineBody.of(one) for one in answer.lines],
        shipping=[ShippingBody.of(seller, fee) for seller, fee in answer.shipping],
        refused=[],
    )


async def _answer(order: PlacedOrder, request: Request) -> ReservationHeld | ReservationRefused:
    queries: CatalogQueries = request.app.state.queries
    now: datetime = request.app.state.executor.clock.now()
    if order.award_id is None:
        rulebook: Rulebook = request.app.state.rulebook
        offers = {one.offer.id: one for one in await queries.stocked({line.offer_id for line in order.lines})}
        return reserve(order, offers, rulebook.of(order.market, now.date()), now)[1]
    quotes: QuoteQueries = request.app.state.quote_queries
    asked = await quotes.awarded(order.award_id)
    refusal = refusal_of_award(asked, order, now)
    if refusal is not None or asked is None or asked.award is None:
        return refuse_award(order, refusal or "award_unknown", now)[1]
    wanted = {line.terms.offer_id for line in asked.award.lines}
    offers = {one.offer.id: one for one in await queries.stocked(wanted)}
    return reserve_award(order, asked.award, offers, now)[1]
