"""Orders made of awards on a real database: their lines are written when catalog names them, and read again as they are."""

from datetime import date, datetime
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from orders.domain.order import Order, OrderState
from orders.storage.queries import OrderQueries
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation
from services.orders.tests.builders import BUYER, NOW, SELLER, a_held_line, a_party, an_order, held_stock
from services.orders.tests.conftest import OrdersInProcess

pytestmark = pytest.mark.storage


async def test_lines_units_and_promised_days_of_an_award_are_kept(service: OrdersInProcess) -> None:
    order: Order = an_order(OrderState.RESERVING, lines=(), award_id=new_id(), number=8_000_001)
    ready_on = date(2026, 12, 2)
    held = held_stock(order.id, a_held_line(1, quantity=18), a_held_line(2, quantity=7, ready_on=ready_on))

    async def placed(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.parties.keep(a_party(), NOW)
        await uow.parties.keep(a_party(SELLER), NOW)
        await uow.orders.add(order)

    async def settled(uow: OrdersUnitOfWork, now: datetime) -> None:
        await settle_reservation(SettleReservation(held), uow, now)

    await service.executor.run(placed)
    await service.executor.run(settled)
    view: Any = await OrderQueries(service.executor.engine).order(order.id, BUYER)
    assert (view.order.state, view.order.award_id) == (OrderState.AWAITING_PAYMENT, order.award_id)
    assert [(line.line_no, line.quantity) for line in view.order.lines] == [(1, 18), (2, 7)]
    assert [line.ready_on for line in view.seller_orders[0].lines] == [None, ready_on]

    async def holds(uow: OrdersUnitOfWork, now: datetime) -> int:
        return (await uow.orders.open_holds(BUYER, "EUR")).units

    assert await service.executor.run(holds) == 25
