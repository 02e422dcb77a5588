"""What waited before its deadline existed gets it when the service is brought up to date."""

import itertools
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from chassis.kernel.ids import Id
from orders.domain.order import OrderState
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.main import MIGRATIONS
from orders.storage.unit_of_work import OrdersUnitOfWork
from services.orders.tests.builders import NOW, a_seller_order, an_order
from services.orders.tests.conftest import OrdersInProcess

pytestmark = pytest.mark.storage

S = SellerOrderState
NUMBERS = itertools.count(8_600_000)
LAST_SECOND = datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)
NEXT_SECOND = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)


async def store(service: OrdersInProcess, *states: S) -> list[SellerOrder]:
    orders = [an_order(OrderState.IN_FULFILMENT, number=next(NUMBERS)) for _ in states]
    parts = [
        a_seller_order(
            order,
            state,
            accept_by=LAST_SECOND if state is S.AWAITING_ACCEPTANCE else None,
            ship_by=None if state in (S.AWAITING_ACCEPTANCE, S.AWAITING_PAYMENT) else LAST_SECOND,
        )
        for order, state in zip(orders, states, strict=True)
    ]

    async def insert(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.orders.add(*orders)
        await uow.seller_orders.add(*parts)

    await service.executor.run(insert)
    return parts


async def bring_up_to_date(service: OrdersInProcess, script: Path) -> dict[tuple[str, Id], datetime]:
    async with service.engine.begin() as connection:
        for statement in runpy.run_path(str(script))["_STATEMENTS"]:
            if "insert into timers" in statement:
                await connection.execute(text(statement))
        rows = await connection.execute(text("select kind, key, due_at from timers where state = 'open'"))
        return {(row.kind, Id(str(row.key))): row.due_at for row in rows}


async def test_what_waits_to_be_accepted_or_shipped_gets_its_deadline_once(service: OrdersInProcess) -> None:
    waiting, ready, *_ = await store(
        service, S.AWAITING_ACCEPTANCE, S.TO_SHIP, S.AWAITING_PAYMENT, S.ANNOUNCED, S.SHIPPED, S.CANCELLED
    )
    script = MIGRATIONS / "versions" / "0014_late_parcels.py"
    expected = {("acceptance_lapse", waiting.id): NEXT_SECOND, ("late_shipment", ready.id): NEXT_SECOND}
    for _ in range(2):
        assert await bring_up_to_date(service, script) == expected


async def test_a_deadline_that_is_there_already_stays(service: OrdersInProcess) -> None:
    (waiting,) = await store(service, S.AWAITING_ACCEPTANCE)

    async def ask(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.timers.set("acceptance_lapse", waiting.id, NOW)

    await service.executor.run(ask)
    found = await bring_up_to_date(service, MIGRATIONS / "versions" / "0014_late_parcels.py")
    assert found["acceptance_lapse", waiting.id] == NOW
