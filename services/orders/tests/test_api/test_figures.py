"""The operator's figures: counted by state, holds in the order of their end, for our own machines only."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from orders.domain.cancellation_request import CancellationRequest, DeclineReason, RequestState
from orders.domain.figures import ENDED, HOLDS_SHOWN, OPEN
from orders.domain.hold import Hold
from orders.domain.order import Order, OrderState
from orders.domain.seller_order import SellerOrderState
from orders.storage.tables import OPEN_ORDERS
from orders.storage.unit_of_work import OrdersUnitOfWork
from services.orders.tests.builders import NOW, a_seller_order, an_order
from services.orders.tests.conftest import INTERNAL, OrdersInProcess

pytestmark = pytest.mark.storage

S = OrderState
P = SellerOrderState


def ending(order: Order, hours: float) -> Order:
    assert isinstance(order.hold, Hold)
    return replace(order, hold=replace(order.hold, until=NOW + timedelta(hours=hours)))


async def figures(service: OrdersInProcess) -> dict[str, Any]:
    async with service.client() as client:
        answer = await client.get("/internal/figures", headers={"Regrade-Internal-Token": INTERNAL})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["state"]: row["orders"] for row in rows if row["orders"]}


@pytest.fixture(autouse=True)
async def empty(service: OrdersInProcess) -> None:
    async with service.engine.begin() as connection:
        await connection.execute(text("truncate orders cascade"))


async def test_every_state_is_told_also_where_there_is_none(service: OrdersInProcess) -> None:
    found = await figures(service)
    assert [row["state"] for row in found["open"]] == [str(state) for state in OPEN]
    assert [row["state"] for row in found["ended_last_day"]] == [str(state) for state in ENDED]
    assert {row["orders"] for row in (*found["open"], *found["ended_last_day"])} == {0}
    assert (found["holds"], found["holds_within_a_day"]) == ([], 0)
    assert (found["late_parts"], found["asked_about"]) == (0, 0)


async def test_late_parts_and_open_questions_are_counted_until_they_are_over(service: OrdersInProcess) -> None:
    asked = CancellationRequest(RequestState.OPEN, NOW, NOW)
    orders = [an_order(S.IN_FULFILMENT, number=n) for n in range(8_500_000, 8_500_005)]
    parts = [
        a_seller_order(orders[0], P.TO_SHIP, late_at=NOW),
        a_seller_order(orders[1], P.TO_SHIP, late_at=NOW, cancellation_request=asked),
        a_seller_order(orders[2], P.SHIPPED, late_at=NOW),
        a_seller_order(orders[3], P.CANCELLED, late_at=NOW, cancellation_request=asked.ended(NOW, as_asked=True)),
        a_seller_order(orders[4], P.TO_SHIP, cancellation_request=asked.declined(DeclineReason.SELLER, NOW)),
    ]
    await service.add(*orders)

    async def insert(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.seller_orders.add(*parts)

    await service.executor.run(insert)
    found = await figures(service)
    assert (found["late_parts"], found["asked_about"]) == (2, 1)


async def test_orders_are_counted_by_state_and_ended_ones_for_a_day(service: OrdersInProcess) -> None:
    long_ago = NOW - timedelta(hours=25)
    states = (S.AWAITING_PAYMENT, S.AWAITING_PAYMENT, S.SECURED, S.REFUSED)
    orders = [an_order(state, number=n) for n, state in enumerate(states, start=8_100_000)]
    old = [
        replace(an_order(S.AUTO_CANCELLED, number=8_200_000), updated_at=long_ago),
        replace(an_order(S.SHIPPED, number=8_200_001), updated_at=long_ago),
    ]
    await service.add(*orders, *old)
    found = await figures(service)
    assert counts(found["open"]) == {"awaiting_payment": 2, "secured": 1, "shipped": 1}
    assert counts(found["ended_last_day"]) == {"refused": 1}


async def test_the_hold_that_ends_first_comes_first_and_paid_ones_are_none(service: OrdersInProcess) -> None:
    late, soon, part = (
        ending(an_order(S.AWAITING_PAYMENT, number=8_300_001), 90),
        ending(an_order(S.AWAITING_PAYMENT, number=8_300_002), 2),
        ending(an_order(S.PARTIALLY_PAID, number=8_300_003, received=500), 23),
    )
    paid = ending(an_order(S.SECURED, number=8_300_004), 1)
    await service.add(late, soon, part, paid)
    found = await figures(service)
    assert [hold["number"] for hold in found["holds"]] == [soon.number, part.number, late.number]
    assert found["holds_within_a_day"] == 2
    assert part.totals is not None
    assert found["holds"][1]["gross"] == {"amount": part.totals.gross, "currency": "EUR"}
    assert found["holds"][1]["received"] == {"amount": 500, "currency": "EUR"}


async def test_more_holds_than_are_shown_are_still_counted(service: OrdersInProcess) -> None:
    await service.add(*(ending(an_order(number=8_400_000 + n), 1 + n / 10) for n in range(HOLDS_SHOWN + 3)))
    found = await figures(service)
    assert len(found["holds"]) == HOLDS_SHOWN
    assert found["holds_within_a_day"] == HOLDS_SHOWN + 3


async def test_open_orders_are_found_by_their_index(service: OrdersInProcess) -> None:
    """The many that ended must not be read: the planner takes the index where it may choose."""
    async with service.engine.connect() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        counted = f"explain select state, count(*) from orders where {OPEN_ORDERS.text} group by state"
        rows = await connection.execute(text(counted))
        assert "orders_open" in "\n".join(rows.scalars())


async def test_figures_do_not_exist_for_anybody_outside(service: OrdersInProcess) -> None:
    async with service.client() as client:
        answer = await client.get("/internal/figures")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
