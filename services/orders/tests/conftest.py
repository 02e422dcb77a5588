"""Orders on a real database, and its application with sign-ins of the test's own."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.executor import Executor
from chassis.db.timer_loop import TimerLoop
from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database
from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from orders.domain.order import Order, OrderState
from orders.main import MIGRATIONS, ROUTERS, Wiring, deadlines
from orders.messaging.inbound import handlers
from orders.messaging.outbound import outbound
from orders.storage.read_ahead import read_for
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.record_party import RecordParty, record_party
from services.orders.tests.builders import (
    BUYER,
    NOW,
    OTHER_SELLER,
    SELLER,
    FixedRules,
    ToldLooks,
    a_party,
    instructions_for,
)

INTERNAL = "internal token of the tests"
CARRIER_SECRET = "whsec_Y2FycmllciBzZWNyZXQgb2YgdGhlIHRlc3Rz"


class OrdersInProcess:
    """The service without a broker: commands go in through the executor, messages through the handlers."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = FakeClock(NOW)
        self.rules = FixedRules()
        self.looks = ToldLooks()
        wiring = Wiring(self.rules, CARRIER_SECRET, self.looks)
        self.executor: Executor[OrdersUnitOfWork] = Executor(
            engine, wiring.unit_of_work, outbound, self.clock, prefetch=read_for
        )
        self.timers = TimerLoop(self.executor, deadlines())
        self.tokens = TestTokens()
        self.app: FastAPI = make_app(title="orders", description="", routers=ROUTERS)
        self.app.state.executor = self.executor
        self.app.state.verifier = self.tokens.verifier
        self.app.state.internal_token = INTERNAL
        for name, value in wiring.state(self.executor).items():
            setattr(self.app.state, name, value)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://orders"
        )

    async def hear(self, topic: str, name: str, data: dict[str, Any], aggregate_id: Id | None = None) -> None:
        """A message, handled as the consumer would."""
        message = Message(
            topic=topic,
            partition=0,
            offset=0,
            event_id=new_id(),
            type=f"{topic}.{name}.v1",
            aggregate_id=aggregate_id or new_id(),
            seq=1,
            occurred_at=NOW,
            data=data,
            headers={},
            body=b"",
        )
        work = handlers()[topic](message)
        if work is not None:
            await self.executor.run(work)

    async def run(self, use_case: Any, command: Any) -> Any:
        return await self.executor.run(partial(use_case, command))

    async def know_parties(self) -> None:
        for party in (a_party(BUYER, vat=None), a_party(SELLER), a_party(OTHER_SELLER)):
            await self.run(record_party, RecordParty(party))

    async def add(self, *orders: Order) -> None:
        async def insert(uow: OrdersUnitOfWork, now: Any) -> None:
            await uow.orders.add(*orders)

        await self.executor.run(insert)

    async def order(self, order_id: Id) -> Order:
        async def read(uow: OrdersUnitOfWork, now: Any) -> Order:
            return await uow.orders.get(order_id)

        return await self.executor.run(read)

    async def open_payment(self, order: Order) -> None:
        instructions = instructions_for(order)
        await self.hear(
            "payments.payment",
            "opened",
            {
                "payment_id": str(instructions.payment_id),
                "order_id": str(order.id),
                "buyer_id": str(order.buyer_id),
                "amount_due": {"amount": instructions.amount_due, "currency": "EUR"},
                "virtual_account": {
                    "iban": instructions.iban,
                    "bic": instructions.bic,
                    "holder_name": instructions.holder_name,
                },
                "reference": instructions.reference,
            },
        )

    async def secure(self, order_id: Id) -> None:
        data = {
            "payment_id": str(new_id()),
            "order_id": str(order_id),
            "amount": {"amount": 1, "currency": "EUR"},
            "secured_at": "2026-11-23T09:00:00Z",
        }
        await self.hear("payments.payment", "secured", data)

    async def published(self, order_id: Id) -> list[str]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                text("select type from outbox where aggregate_id = :id order by seq"), {"id": order_id}
            )
            return [type_.removeprefix("orders.order.").removesuffix(".v1") for type_ in rows.scalars()]


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[AsyncEngine]:
    async with database(MIGRATIONS) as engine:
        yield engine


@pytest.fixture
async def service(engine: AsyncEngine) -> AsyncIterator[OrdersInProcess]:
    running = OrdersInProcess(engine)
    await running.executor.start()
    async with engine.begin() as connection:
        await connection.execute(text("delete from outbox"))
        await connection.execute(text("delete from timers"))
        await connection.execute(
            text("update orders set state = :ended where state = any(:holding)"),
            {
                "ended": str(OrderState.AUTO_CANCELLED),
                "holding": ["reserving", "awaiting_payment", "partially_paid", "expiry_pending"],
            },
        )
    yield running
    await running.executor.stop()
