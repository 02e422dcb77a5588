"""Reservations for awards: units of stock are held at the terms of the quote, promised units are written down."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from catalog.domain.events import ReservationHeld, ReservationRefused
from catalog.domain.offer import StockedOffer
from catalog.domain.quote_lines import AwardedLine, Source
from catalog.domain.quote_request import Award, QuoteRequest, QuoteRequestState
from catalog.domain.reservation import HeldLine, PlacedOrder, Reason, RefusedLine, Reservation, ReservationState
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

AwardReason = Literal["award_unknown", "award_used", "award_expired", "award_elsewhere"]


def refusal_of_award(request: QuoteRequest | None, order: PlacedOrder, now: datetime) -> AwardReason | None:
    """Why the order cannot be made of its award at all; another company's award is not there."""
    if request is None or request.award is None or request.buyer_id != order.buyer_id:
        return "award_unknown"
    if request.state is not QuoteRequestState.ACCEPTED:
        return "award_used"
    if now > request.award.expires_at:
        return "award_expired"
    if (request.market, request.delivery_country) != (order.market, order.delivery_country):
        return "award_elsewhere"
    return None


def refuse_award(order: PlacedOrder, reason: AwardReason, now: datetime) -> tuple[Reservation, ReservationRefused]:
    """Nothing is held."""
    event = ReservationRefused(aggregate_id=order.order_id, seq=1, lines=(), reason=reason)
    return Reservation(order.order_id, 1, ReservationState.REFUSED, now), event


def reserve_award(
    order: PlacedOrder, award: Award, offers: Mapping[Id, StockedOffer], now: datetime
) -> tuple[Reservation, ReservationHeld | ReservationRefused]:
    """Hold every line of the award, or refuse with every line that cannot be had.

    A price, a pause or a minimum that the seller has changed since does not matter: its quote holds.
    """
    requested: dict[Id, int] = defaultdict(int)
    for line in award.lines:
        if line.terms.source is Source.STOCK:
            requested[line.terms.offer_id] += line.quantity
    refused = tuple(
        RefusedLine(n, line.terms.offer_id, line.quantity, _free(line, offers.get(line.terms.offer_id)), reason)
        for n, line in enumerate(award.lines, start=1)
        if (reason := _reason(line, requested[line.terms.offer_id], offers.get(line.terms.offer_id), order))
    )
    if refused:
        event = ReservationRefused(aggregate_id=order.order_id, seq=1, lines=refused)
        return Reservation(order.order_id, 1, ReservationState.REFUSED, now), event
    units = tuple(sorted((offer, quantity) for offer, quantity in requested.items() if quantity))
    held = tuple(_held(n, line) for n, line in enumerate(award.lines, start=1))
    fees = tuple((seller, Money(fee, order.currency)) for seller, fee in award.shipping)
    reservation = Reservation(order.order_id, 1, ReservationState.HELD, now, units)
    return reservation, ReservationHeld(aggregate_id=order.order_id, seq=1, lines=held, shipping=fees)


def _free(line: AwardedLine, stocked: StockedOffer | None) -> int:
    if line.terms.source is Source.IN_REFURBISHMENT:
        return line.quantity
    return stocked.stock.available if stocked else 0


def _reason(line: AwardedLine, requested: int, stocked: StockedOffer | None, order: PlacedOrder) -> Reason | None:
    if stocked is None:
        return "unknown_offer"
    if not stocked.seller_is_active:
        return "seller_not_active"
    if line.terms.unit_price.currency != order.currency:
        return "currency"
    if line.terms.source is Source.STOCK and requested > stocked.stock.available:
        return "not_enough_stock"
    return None


def _held(line_no: int, line: AwardedLine) -> HeldLine:
    terms = line.terms
    return HeldLine(
        line_no=line_no,
        offer_id=terms.offer_id,
        seller_id=line.seller_id,
        sku=terms.sku,
        title=" · ".join((terms.title, *((terms.specs,) if terms.specs else ()), *terms.accessories)),
        category=terms.category,
        grade=terms.grade,
        quantity=line.quantity,
        unit_price=terms.unit_price,
        vat_regime=terms.vat_regime,
        ship_from=terms.ship_from,
        warranty_months=terms.warranty_months,
        dispatch_business_days=terms.lead_business_days,
        ready_on=terms.ready_on,
        levies=terms.levies,
    )
