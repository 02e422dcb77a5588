"""An order made of an award: catalog says what stands on it, and quotes' promises reach the shipping date."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chassis.kernel.ids import new_id
from orders.domain import events
from orders.domain.order import Order, OrderState
from orders.domain.reservation import refusal_of
from orders.domain.seller_order import ship_by_of
from orders.use_cases.place_order import PlaceOrder, place_order
from orders.use_cases.refuse_order import RefuseOrder, refuse_order
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation
from services.orders.tests.builders import (
    BUYER,
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_held_line,
    a_party,
    a_sold_line,
    an_order,
    deliver_to,
    held_stock,
)

AWARD = new_id()


def of_an_award(state: OrderState = OrderState.RESERVING) -> tuple[Order, MemoryOrdersUnitOfWork]:
    order = replace(an_order(state), lines=(), award_id=AWARD)
    uow = MemoryOrdersUnitOfWork(order, parties=(a_party(), a_party(SELLER), a_party(OTHER_SELLER)))
    return order, uow


async def test_an_award_is_ordered_without_lines_and_catalog_is_told_which_and_where_to() -> None:
    uow = MemoryOrdersUnitOfWork()
    command = PlaceOrder(
        order_id=new_id(), buyer_id=BUYER, market="fr-pro", lines=(), deliver_to=deliver_to("DE"), award_id=AWARD
    )
    await place_order(command, uow, NOW)
    (placed,) = uow.published(events.OrderPlaced)
    assert (placed.award_id, placed.delivery_country, placed.lines) == (AWARD, "DE", ())
    assert uow.orders.rows[command.order_id].award_id == AWARD


async def test_what_was_awarded_becomes_the_lines_of_the_order_and_one_part_for_each_seller() -> None:
    order, uow = of_an_award()
    held = held_stock(
        order.id, a_held_line(1, quantity=18, unit_price=34_000), a_held_line(2, OTHER_SELLER, quantity=12)
    )
    await settle_reservation(SettleReservation(held), uow, NOW)
    after = uow.orders.rows[order.id]
    assert after.state is OrderState.AWAITING_PAYMENT
    assert [(line.line_no, line.quantity, line.unit_price) for line in after.lines] == [
        (1, 18, 34_000),
        (2, 12, 38_900),
    ]
    assert after.units == 30
    # One order with one hold, and a part of it for each seller.
    assert len(uow.published(events.OrderHeld)) == 1
    assert [part.seller_id for part in uow.seller_orders.rows.values()] == [SELLER, OTHER_SELLER]


async def test_the_units_of_an_award_count_against_the_markets_limit_of_unpaid_stock() -> None:
    order, uow = of_an_award()
    held = held_stock(order.id, a_held_line(1, quantity=RULES.trust_tiers[0].units_max + 1, unit_price=1))
    await settle_reservation(SettleReservation(held), uow, NOW)
    refusal = uow.orders.rows[order.id].refusal
    assert refusal is not None
    assert refusal.reason == "open_holds_limit"


@pytest.mark.parametrize("reason", ["award_unknown", "award_used", "award_expired", "award_elsewhere"])
async def test_an_award_that_cannot_be_ordered_says_why(reason: str) -> None:
    order, uow = of_an_award()
    refusal = refusal_of({"order_id": str(order.id), "lines": [], "reason": reason})
    await refuse_order(RefuseOrder(order.id, refusal), uow, NOW)
    assert uow.orders.rows[order.id].refusal == refusal
    assert refusal.reason == reason


def test_what_was_refused_before_reasons_were_told_was_refused_for_its_lines() -> None:
    line = {"line_no": 1, "offer_id": str(new_id()), "reason": "not_enough_stock"}
    refusal = refusal_of({"lines": [line]})
    assert (refusal.reason, refusal.lines[0].reason) == ("stock", "not_enough_stock")


def test_units_that_are_promised_for_a_day_leave_from_that_day_on() -> None:
    # Paid on Monday the 23rd; the devices are ready on Wednesday the 2nd, and then take two business days.
    paid = datetime(2026, 11, 23, 9, tzinfo=UTC)
    line = replace(a_sold_line(), ready_on=date(2026, 12, 2), dispatch_business_days=3)
    assert ship_by_of((line,), RULES, paid)[0] == datetime(2026, 12, 4, 22, 59, 59, tzinfo=UTC)
    # Paid after that day they are like any others.
    later = datetime(2026, 12, 7, 9, tzinfo=UTC)
    assert ship_by_of((line,), RULES, later) == ship_by_of((replace(line, ready_on=None),), RULES, later)
