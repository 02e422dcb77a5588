"""The buy box: sellers read why an offer wins or loses, and at which price it would win; buyers all offers of a thing."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from catalog.api.buy_box_schemas import (
    BuyBoxBody,
    DecisionBody,
    FormulaBody,
    LastDecisionBody,
    RankedOffersBody,
    SimulatedBuyBoxBody,
    contender_body,
    decision_body,
    differences,
    record_body,
)
from catalog.api.offers import AskedMarket, AskedPriceCountry, Reader, price_country_of, rules_of
from catalog.api.schemas import AMOUNT_MAX, QUANTITY_MAX
from catalog.domain.buy_box import CURRENT, BoxState, Contender, ranked, standing
from catalog.domain.comparisons import (
    ONE_UNIT,
    Comparison,
    Entry,
    Hindrance,
    comparison_of,
    competing,
    contender,
    hindrances,
)
from catalog.domain.errors import OfferNotFound
from catalog.domain.offer import Offer, OfferPatch, change_offer
from catalog.domain.policies import MarketRules
from catalog.use_cases.ports_buy_box import BuyBoxQueries
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.web.auth import Subject, require
from chassis.web.pages import MoneyBody, Page, Paging

router = APIRouter(tags=["buy box"])

_StockReader = Annotated[Subject, require("stock:read")]
_Quantity = Annotated[int, Query(ge=1, le=QUANTITY_MAX, description="Compare at the price of so many units")]
# Whoever is on no shelf is no offer to a buyer; what is sold out or sold in larger quantities is one.
_UNSEEN = {Hindrance.SELLER_NOT_ACTIVE, Hindrance.NOT_IN_MARKET, Hindrance.PAUSED}


@router.get("/v1/seller/offers/{offer_id}/buy-box")
async def read_buy_box(
    request: Request,
    offer_id: Id,
    subject: _StockReader,
    quantity: _Quantity = ONE_UNIT,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
) -> BuyBoxBody:
    """Whether your offer is the best one of its product and grade, in figures from which you can compute it yourself."""
    asked = await _asked(request, offer_id, subject, quantity, market, price_country)
    return BuyBoxBody(**await asked.told(asked.own, live=True))


@router.get("/v1/seller/offers/{offer_id}/buy-box/simulation")
async def simulate_buy_box(
    request: Request,
    offer_id: Id,
    subject: _StockReader,
    price: Annotated[
        int | None, Query(ge=1, le=AMOUNT_MAX, description="Price of a unit, in minor units of the offer's currency")
    ] = None,
    shipping_fee: Annotated[int | None, Query(ge=0, le=AMOUNT_MAX, description="In minor units")] = None,
    dispatch_business_days: Annotated[int | None, Query(ge=0, le=60)] = None,
    warranty_months: Annotated[int | None, Query(ge=0, le=240)] = None,
    battery_health_percent: Annotated[int | None, Query(ge=0, le=100)] = None,
    quantity: _Quantity = ONE_UNIT,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
) -> SimulatedBuyBoxBody:
    """The same answer as if your offer had other terms: what if it were 5 € less? Nothing is written."""
    asked = await _asked(request, offer_id, subject, quantity, market, price_country)
    offer = change_offer(
        asked.offer,
        OfferPatch(
            asked.offer.sku,
            shipping_fee=None if shipping_fee is None else Money(shipping_fee, asked.comparison.currency),
            dispatch_business_days=dispatch_business_days,
            warranty_months=warranty_months,
            battery_health_percent=battery_health_percent,
        ),
    )
    entry = asked.entry._replace(stocked=asked.entry.stocked._replace(offer=offer))
    own = contender(entry, asked.comparison.price_country, quantity)
    if price is not None:
        own = own._replace(unit_price=price)
    refused = [str(one["detail"]) for one in asked.rules.violations(offer)]
    return SimulatedBuyBoxBody(**await asked.told(own, live=False), market_refuses=refused)


@router.get("/v1/seller/offers/{offer_id}/buy-box/decisions")
async def list_buy_box_decisions(
    request: Request,
    paging: Paging,
    offer_id: Id,
    subject: _StockReader,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
) -> Page[DecisionBody]:
    """What was decided for one unit of the thing your offer is of, the newest first, each decision with what went into it."""
    asked = await _asked(request, offer_id, subject, ONE_UNIT, market, price_country)
    box = await asked.queries.box(asked.comparison)
    if box is None:
        return paging.page([], None)
    found = await asked.queries.decisions(box.id, paging.after_number, paging.limit + 1)
    return paging.page_of(
        found, lambda one: decision_body(one, asked.comparison.currency, subject.company_id), lambda one: [one.version]
    )


@router.get("/v1/offers/{offer_id}/alternatives")
async def list_alternatives(
    request: Request,
    offer_id: Id,
    subject: Reader,
    quantity: _Quantity = ONE_UNIT,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
) -> RankedOffersBody:
    """Every offer of the same product in the same grade that can be bought in the quantity, this one included: the best first,
    with the figures that put it there."""
    rules = rules_of(request, subject, market)
    country = price_country_of(rules, price_country)
    queries: BuyBoxQueries = request.app.state.buy_box_queries
    entries = await queries.rivals(offer_id)
    entry = _found(entries, offer_id)
    if entry is None or _UNSEEN & set(hindrances(entry.stocked, rules.market, quantity)):
        raise OfferNotFound(id=str(offer_id))
    comparison = comparison_of(entry.stocked.offer, rules.market, country)
    return RankedOffersBody(
        title=entry.stocked.offer.product.spec.title,
        grade=comparison.grade,
        market=comparison.market,
        price_country=country,
        currency=comparison.currency,
        quantity=quantity,
        items=[
            contender_body(one, comparison.currency, subject.company_id)
            for one in ranked(competing(entries, comparison, quantity))
        ],
        formula=FormulaBody.of(CURRENT),
    )


class _Asked:
    """A seller's offer with everything it is compared with."""

    def __init__(
        self,
        queries: BuyBoxQueries,
        rules: MarketRules,
        entry: Entry,
        comparison: Comparison,
        quantity: int,
        contenders: Sequence[Contender],
    ) -> None:
        self.queries = queries
        self.rules = rules
        self.entry = entry
        self.offer: Offer = entry.stocked.offer
        self.comparison = comparison
        self.quantity = quantity
        self.own = contender(entry, comparison.price_country, quantity)
        self._others = [one for one in contenders if one.offer_id != self.offer.id]

    async def told(self, own: Contender, *, live: bool) -> dict[str, Any]:
        """What the answer says about the offer with these terms; `live`: as it is at the moment."""
        found = standing(own, self._others)
        hindering = hindrances(self.entry.stocked, self.comparison.market, self.quantity)
        currency, company = self.comparison.currency, self.offer.seller_id
        floor = self.offer.terms.floor_price
        wins_at = found.price_to_win
        return {
            "offer_id": self.offer.id,
            "sku": self.offer.sku,
            "title": self.offer.product.spec.title,
            **self.comparison._asdict(),
            "quantity": self.quantity,
            "state": BoxState.NOT_COMPETING if live and hindering else found.state,
            "not_competing_because": hindering,
            "place": found.place,
            "contenders": found.of,
            "own": contender_body(found.own, currency, company),
            "rival": contender_body(found.rival, currency, company) if found.rival else None,
            "differences": differences(found.own, found.rival) if found.rival else [],
            "price_to_win": None if wins_at is None else MoneyBody(amount=wins_at, currency=currency),
            # There is no rate at which floors in other currencies could be compared.
            "price_to_win_below_floor": wins_at is not None
            and floor is not None
            and floor.currency == currency
            and wins_at < floor.minor,
            "record": record_body(self.entry.record),
            "formula": FormulaBody.of(CURRENT),
            "decision": await self._last_decision(),
        }

    async def _last_decision(self) -> LastDecisionBody | None:
        box = await self.queries.box(self.comparison)
        if box is None or box.decided_at is None:
            return None
        return LastDecisionBody(version=box.version, decided_at=box.decided_at, winner_offer_id=box.winner_offer_id)


async def _asked(
    request: Request, offer_id: Id, subject: Subject, quantity: int, market: str | None, price_country: str | None
) -> _Asked:
    rules = rules_of(request, subject, market)
    country = price_country_of(rules, price_country)
    queries: BuyBoxQueries = request.app.state.buy_box_queries
    entries = await queries.rivals(offer_id)
    entry = _found(entries, offer_id)
    # Operators are asked why somebody lost.
    theirs = subject.kind != "operator" and entry is not None and entry.stocked.offer.seller_id != subject.company_id
    if entry is None or theirs:
        raise OfferNotFound(id=str(offer_id))
    comparison = comparison_of(entry.stocked.offer, rules.market, country)
    return _Asked(queries, rules, entry, comparison, quantity, competing(entries, comparison, quantity))


def _found(entries: Sequence[Entry], offer_id: Id) -> Entry | None:
    return next((one for one in entries if one.stocked.offer.id == offer_id), None)
