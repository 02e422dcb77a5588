"""The buyer's spending report of a month."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from orders.api.schemas import TotalsBody, totals_body
from orders.domain.spending import MONTH, AvoidedEmissions, Sums, month_of, shares_of, totals_of, units_of

router = APIRouter(prefix="/v1", tags=["orders"])


class SumsBody(TotalsBody):
    """Paid orders in one currency; an order of two sellers counts once in all and once with each of them."""

    orders: int
    units: int


B = TypeVar("B", bound=SumsBody)


class CostCentreBody(SumsBody):
    """Orders that name this cost centre, or none (null)."""

    cost_centre: str | None


class PersonBody(SumsBody):
    """Orders that this person placed, or a program (null)."""

    person_id: Id | None


class SellerBody(SumsBody):
    """The parts of orders that this seller sold."""

    seller_id: Id


class AvoidedCategoryBody(BaseModel, from_attributes=True):
    """What the devices of one category avoid. `grams_per_unit` and `grams` are null where the source has no figure."""

    category: str
    units: int
    grams_per_unit: int | None
    grams: int | None


class SourceBody(BaseModel, from_attributes=True):
    """The study that the figures are from; `published` is a month."""

    title: str
    publisher: str
    published: str
    url: str


class AvoidedEmissionsBody(BaseModel):
    """What using these devices instead of new ones avoids, in grams of CO2 equivalent **per year of use**.

    `units_without_figure` are devices of categories for which the source has none; nothing is guessed for them.
    """

    grams_per_year: int
    units: int
    units_without_figure: int
    by_category: list[AvoidedCategoryBody]
    source: SourceBody


class SpendingBody(BaseModel):
    """A month in the market's time zone, by the instant an order was paid. Each list adds up to `totals`, by currency.

    Later refunds are not taken off: they have credit notes of their own.
    """

    month: str
    totals: list[SumsBody]
    by_cost_centre: list[CostCentreBody]
    by_person: list[PersonBody]
    by_seller: list[SellerBody]
    avoided_emissions: AvoidedEmissionsBody


@router.get("/spending")
async def read_spending(
    request: Request,
    subject: Annotated[Subject, require("orders:read")],
    month: Annotated[
        str | None, Query(pattern=MONTH.pattern, description="`2026-11`; the present month if left out")
    ] = None,
) -> SpendingBody:
    """What your company's orders came to in a month, by cost centre, person and seller, and the CO2e they avoid."""
    state = request.app.state
    now = state.executor.clock.now()
    # Whoever buys nowhere has spent nothing in any month.
    zone = state.rules.in_force(subject.market, now.date()).calendar_of_market().zone if subject.market else "UTC"
    named, since, until = month_of(month, now, zone)
    parts = await state.spending.paid(subject.company_id, since, until)
    return SpendingBody(
        month=named,
        totals=[_sums(SumsBody, one) for one in totals_of(parts)],
        by_cost_centre=[
            _sums(CostCentreBody, one.sums, cost_centre=one.key)
            for one in shares_of(parts, lambda one: one.cost_centre)
        ],
        by_person=[
            _sums(PersonBody, one.sums, person_id=one.key) for one in shares_of(parts, lambda one: one.person_id)
        ],
        by_seller=[
            _sums(SellerBody, one.sums, seller_id=one.key) for one in shares_of(parts, lambda one: one.seller_id)
        ],
        avoided_emissions=_avoided(state.avoided_emissions, units_of(parts)),
    )


def _sums(body: type[B], one: Sums, **about: Any) -> B:
    amounts = dict(totals_body(one.totals, one.currency))
    return body(orders=one.orders, units=one.units, **amounts, **about)


def _avoided(figures: AvoidedEmissions, units_by_category: Mapping[str, int]) -> AvoidedEmissionsBody:
    found = figures.of(units_by_category)
    return AvoidedEmissionsBody(
        grams_per_year=sum(one.grams or 0 for one in found),
        units=sum(one.units for one in found),
        units_without_figure=sum(one.units for one in found if one.grams is None),
        by_category=[AvoidedCategoryBody.model_validate(one) for one in found],
        source=SourceBody.model_validate(figures.source),
    )
