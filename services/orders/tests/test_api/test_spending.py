"""The spending report through its door."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.kernel.ids import new_id
from orders.domain.money import Totals
from orders.domain.order import Order, OrderState
from orders.domain.seller_order import SellerOrder, SellerOrderState
from services.orders.tests.builders import BUYER, OTHER_SELLER, SELLER, TOTALS, a_seller_order, a_sold_line, an_order
from services.orders.tests.conftest import OrdersInProcess

pytestmark = pytest.mark.storage

ANN, BEN = new_id(), new_id()
PAID = datetime(2026, 11, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def empty(service: OrdersInProcess) -> None:
    async with service.engine.begin() as connection:
        await connection.execute(text("truncate orders cascade"))


async def keep(service: OrdersInProcess, order: Order, *parts: SellerOrder) -> None:
    await service.add(order)

    async def insert(uow: Any, now: Any) -> None:
        await uow.seller_orders.add(*parts)

    await service.executor.run(insert)


def paid(number: int, **changes: Any) -> Order:
    values = {"secured_at": PAID, "placed_at": PAID, "placed_by": ANN, "cost_centre": "IT", **changes}
    return replace(an_order(OrderState.SECURED, number=number), **values)


async def report(service: OrdersInProcess, **params: Any) -> Any:
    headers = service.tokens.headers("buyer", BUYER, "orders:read")
    async with service.client() as client:
        return await client.get("/v1/spending", params=params, headers=headers)


async def test_a_month_is_told_in_all_and_by_who_spent_it_where(service: OrdersInProcess) -> None:
    both = paid(8_500_001)
    await keep(
        service,
        both,
        a_seller_order(both, SellerOrderState.TO_SHIP, number="8500001-1"),
        a_seller_order(
            both,
            SellerOrderState.TO_SHIP,
            number="8500001-2",
            seller_id=OTHER_SELLER,
            totals=Totals(30_000, 6_000, 0, 36_000),
            lines=(a_sold_line(category="laptop", quantity=3), a_sold_line(2, category="monitor", quantity=1)),
        ),
    )
    other = paid(8_500_002, placed_by=BEN, cost_centre=None)
    await keep(service, other, a_seller_order(other, SellerOrderState.TO_SHIP, number="8500002-1"))
    answer = await report(service, month="2026-11")
    assert answer.status_code == 200
    found = answer.json()
    (total,) = found["totals"]
    assert (total["orders"], total["units"]) == (2, 2 + 4 + 2)
    assert total["gross"] == {"amount": 2 * TOTALS.gross + 36_000, "currency": "EUR"}
    assert [(part["cost_centre"], part["orders"]) for part in found["by_cost_centre"]] == [("IT", 1), (None, 1)]
    assert {part["person_id"]: part["gross"]["amount"] for part in found["by_person"]} == {
        str(ANN): TOTALS.gross + 36_000,
        str(BEN): TOTALS.gross,
    }
    assert {part["seller_id"]: part["orders"] for part in found["by_seller"]} == {str(SELLER): 2, str(OTHER_SELLER): 1}
    avoided = found["avoided_emissions"]
    assert [(part["category"], part["units"]) for part in avoided["by_category"]] == [
        ("laptop", 3),
        ("monitor", 1),
        ("smartphone", 4),
    ]
    assert avoided["units_without_figure"] == 1
    assert avoided["grams_per_year"] == sum(part["grams"] or 0 for part in avoided["by_category"]) > 0


async def test_what_is_unpaid_cancelled_somebody_elses_or_of_another_month_is_no_spending(
    service: OrdersInProcess,
) -> None:
    unpaid = an_order(number=8_500_011)
    cancelled = paid(8_500_012)
    foreign = paid(8_500_013, buyer_id=new_id())
    # In Paris the first minute of December comes an hour before that of UTC.
    december = paid(8_500_014, secured_at=datetime(2026, 11, 30, 23, tzinfo=UTC))
    for order, state in (
        (unpaid, SellerOrderState.AWAITING_PAYMENT),
        (cancelled, SellerOrderState.CANCELLED),
        (foreign, SellerOrderState.TO_SHIP),
        (december, SellerOrderState.TO_SHIP),
    ):
        await keep(service, order, a_seller_order(order, state, number=f"{order.number}-1"))
    found = (await report(service, month="2026-11")).json()
    assert (found["totals"], found["by_seller"], found["avoided_emissions"]["units"]) == ([], [], 0)
    (told,) = (await report(service, month="2026-12")).json()["totals"]
    assert told["orders"] == 1


async def test_without_a_month_it_is_the_present_one(service: OrdersInProcess) -> None:
    assert (await report(service)).json()["month"] == f"{service.clock.now():%Y-%m}"


@pytest.mark.parametrize("month", ["2026-13", "2026", "november", "1999-01", "2026-1"])
async def test_what_is_no_month_is_refused(service: OrdersInProcess, month: str) -> None:
    assert (await report(service, month=month)).status_code == 422


async def test_who_buys_nowhere_has_spent_nothing(service: OrdersInProcess) -> None:
    order = paid(8_500_021)
    await keep(service, order, a_seller_order(order, SellerOrderState.TO_SHIP, number="8500021-1"))
    headers = service.tokens.headers("operator", new_id(), "orders:read", market=None)
    async with service.client() as client:
        answer = await client.get("/v1/spending", params={"month": "2026-11"}, headers=headers)
    assert (answer.status_code, answer.json()["totals"]) == (200, [])
