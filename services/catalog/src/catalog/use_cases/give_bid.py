"""A seller answers a request, or answers it anew: one sealed bid a round, of which the last revision counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from catalog.domain.bid import Bid, BidState
from catalog.domain.bid_units import faults_of_units
from catalog.domain.offer import StockedOffer
from catalog.domain.quote_errors import BidLinesRefused, QuoteRequestNotFound
from catalog.domain.quote_lines import BidLine, Source
from catalog.domain.quote_request import QuoteRequest
from catalog.domain.seller import active
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """What the seller says of a line; the rest is its offer's. `unit_price` is in minor units of the request's currency."""

    line_no: int
    offer_id: Id
    quantity: int
    unit_price: int
    lead_business_days: int
    source: Source = Source.STOCK
    grade: str | None = None
    battery_floor: int | None = None
    warranty_months: int | None = None
    ready_on: date | None = None
    specs: str | None = None
    accessories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveBid:
    """`shipping_fee` in minor units, once for whatever is ordered of it."""

    seller_id: Id
    quote_request_id: Id
    lines: tuple[OfferedLine, ...]
    shipping_fee: int = 0
    note: str | None = None


async def give_bid(command: GiveBid, uow: CatalogUnit, now: datetime) -> Bid:
    """The sealed bid. Raises RoundOver, BidLinesRefused, or QuoteRequestNotFound for whoever may not answer."""
    request = await uow.quotes.requests.locked(command.quote_request_id)
    if request is None or not await uow.quotes.bidders.fits(command.seller_id, request.market, request.categories):
        raise QuoteRequestNotFound(id=str(command.quote_request_id))
    active(await uow.sellers.locked(command.seller_id))
    request.must_take_bids(now)
    lines = await _checked(command, request, uow, now)
    known = await _own_bid(request, command.seller_id, uow)
    if known is not None:
        bid = known.revise(lines, command.shipping_fee, command.note, at=now)
        await uow.quotes.bids.save(bid)
        return bid
    bid = Bid(
        id=derived_id(request.id, f"bid/{request.round}/{command.seller_id}"),
        version=1,
        quote_request_id=request.id,
        seller_id=command.seller_id,
        round=request.round,
        lines=lines,
        shipping_fee=command.shipping_fee,
        currency=request.currency,
        state=BidState.SEALED,
        given_at=now,
        updated_at=now,
        note=command.note,
    )
    await uow.quotes.bids.add(bid)
    return bid


async def _own_bid(request: QuoteRequest, seller_id: Id, uow: CatalogUnit) -> Bid | None:
    bids = await uow.quotes.bids.of_request(request.id)
    return next((bid for bid in bids if (bid.round, bid.seller_id) == (request.round, seller_id)), None)


async def _checked(command: GiveBid, request: QuoteRequest, uow: CatalogUnit, now: datetime) -> tuple[BidLine, ...]:
    found = await uow.offers.with_ids({line.offer_id for line in command.lines})
    own = {one.offer.id: one for one in found if one.offer.seller_id == command.seller_id}
    rules = uow.quotes.rules.quotes_of_version(request.policy_version)
    broken: list[object] = []
    lines: list[BidLine] = []
    listed: dict[int, Money] = {}
    units: dict[Id, int] = {}
    trade = uow.rulebook.of(request.market, now.date())
    for place, line in enumerate(command.lines, start=1):
        stocked = own.get(line.offer_id)
        if line.source is Source.STOCK:
            units[line.offer_id] = units.get(line.offer_id, 0) + line.quantity
        problem = _problem_of(line, stocked, request, units.get(line.offer_id, 0))
        if problem is not None:
            broken.append(_broken(request, place, *problem))
        if stocked is not None:
            listed[place] = stocked.offer.price_in(request.delivery_country)
            # In the market's own word for it, whichever scale the seller keeps its grades in.
            said = line.grade or stocked.offer.grade
            lines.append(_line_of(place, line, stocked, trade.grade(said) or said, request))
    broken.extend(
        _broken(request, place, *fault)
        for place, *fault in faults_of_units(lines, own, rules.calendar().local_day(now))
    )
    broken.extend(rules.broken_by_bid(lines, request.lines, listed, now))
    if broken:
        raise BidLinesRefused("", errors=broken)
    return tuple(lines)


def _broken(request: QuoteRequest, place: int, rule: str, field: str, detail: str) -> Mapping[str, str]:
    return {"rule": rule, "market": request.market, "pointer": f"/lines/{place - 1}/{field}", "detail": detail}


def _problem_of(
    line: OfferedLine, stocked: StockedOffer | None, request: QuoteRequest, units: int
) -> tuple[str, str, str] | None:
    """What is wrong with the offer behind a line; `units` is what the bid has promised of it so far."""
    if stocked is None:
        return "offer_id", "offer_id", "you have no such offer"
    if request.market not in stocked.offer.markets:
        return "offer_id", "offer_id", f"this offer is not for {request.market}"
    if line.source is Source.IN_REFURBISHMENT:
        if line.ready_on is None:
            return "ready_on", "ready_on", "stock in refurbishment needs the day on which it is ready"
        return None
    if line.ready_on is not None:
        return "ready_on", "ready_on", "what lies in stock is ready"
    if stocked.offer.paused:
        return "offer_not_live", "offer_id", "the offer is paused"
    if units > stocked.stock.available:
        return "not_enough_stock", "quantity", f"{stocked.stock.available} units are free"
    return None


def _line_of(place: int, line: OfferedLine, stocked: StockedOffer, grade: str, request: QuoteRequest) -> BidLine:
    offer = stocked.offer
    levies = offer.terms.levies.get(request.delivery_country, ())
    known_battery = offer.battery_health_percent if line.source is Source.STOCK else None
    return BidLine(
        place=place,
        line_no=line.line_no,
        offer_id=offer.id,
        source=line.source,
        quantity=line.quantity,
        unit_price=Money(line.unit_price, request.currency),
        sku=offer.sku,
        title=offer.product.spec.title,
        category=str(offer.product.spec.category),
        vat_regime=offer.vat_regime,
        ship_from=offer.ship_from,
        grade=grade,
        warranty_months=offer.warranty_months if line.warranty_months is None else line.warranty_months,
        lead_business_days=line.lead_business_days,
        battery_floor=known_battery if line.battery_floor is None else line.battery_floor,
        ready_on=line.ready_on,
        specs=line.specs,
        accessories=line.accessories,
        # What the law asks for in another currency is no part of this price.
        levies=tuple(levy for levy in levies if levy.amount.currency == request.currency),
    )
