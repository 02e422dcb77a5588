"""The errand: a mail is sent once, waits while somebody is away, and is given up only for a reason."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import gateway.storage
from chassis.db.executor import Executor
from chassis.db.timer_loop import TimerLoop
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database
from chassis.testing.wait import until
from gateway.clients.mail_desk import MailDesk
from gateway.clients.mail_errand import MailErrand
from gateway.clients.mail_server import MailServer
from gateway.domain.delivery import Delivery, DeliveryState, FailureReason
from gateway.messaging.inbound import handlers
from gateway.messaging.outbound import outbound
from gateway.storage.deliveries import DeliveryQueries
from gateway.storage.read_ahead import read_for
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.tests.builders import BUYER, a_message
from gateway.tests.test_clients.mail_world import Mailbox, World
from gateway.use_cases.prepare_deliveries import ERRAND
from launcher.ports import free_port

pytestmark = pytest.mark.storage


@pytest.fixture
async def executor() -> AsyncIterator[Executor[Any]]:
    async with database(Path(gateway.storage.__file__).parent / "migrations") as engine:
        executor: Executor[Any] = Executor(engine, GatewayUnitOfWork, outbound, FakeClock(), prefetch=read_for)
        await executor.start()
        yield executor
        await executor.stop()


class Office:
    """The gateway's errands with a mail server at `server`; `tick` runs what is due."""

    def __init__(self, executor: Executor[Any], server: MailServer) -> None:
        self.executor = executor
        self.world = World()
        desk = MailDesk(self.world.sources, "no-reply@regrade.example", "https://shop.example", executor.clock.now)
        self.errand = MailErrand(executor, DeliveryQueries(executor.engine), desk, server)
        self._loop: TimerLoop[Any] = TimerLoop(executor, {}, {ERRAND: self.errand})

    async def hear(self, topic: str, name: str) -> None:
        work = handlers()[topic](a_message(topic, name))
        assert work is not None
        await self.executor.run(work)

    async def tick(self) -> None:
        # A failed errand is put off for a fraction of a second of real time; a test need not wait for it.
        async with self.executor.engine.begin() as connection:
            await connection.execute(text("update timers set retry_at = now() where state = 'open'"))
        await self._loop.run_errands()
        await until(self._busy, False)

    async def _busy(self) -> bool:
        return bool(self._loop.running)

    async def delivery(self) -> Delivery:
        async def read(uow: Any, now: datetime) -> Delivery:
            (found,) = await uow.deliveries.where()
            return found  # type: ignore[no-any-return]

        return await self.executor.run(read)

    async def errands(self) -> list[tuple[str, str | None]]:
        async with self.executor.engine.connect() as connection:
            rows = await connection.execute(text("select state, error from timers"))
            return [(row.state, row.error) for row in rows]


async def test_a_fact_becomes_one_mail(executor: Executor[Any]) -> None:
    mailbox = Mailbox()
    async with mailbox.listening() as server:
        office = Office(executor, server)
        await office.hear("orders.order", "purchase_order_ready")
        for _ in range(3):
            await office.tick()
    delivery = await office.delivery()
    assert (delivery.state, delivery.company_id) == (DeliveryState.SENT, BUYER)
    assert [mail["Message-ID"] for mail in mailbox.mails] == [delivery.message_id]
    assert await office.errands() == [("done", None)]


async def test_a_mail_waits_for_the_mail_server(executor: Executor[Any]) -> None:
    port = free_port()
    office = Office(executor, MailServer("127.0.0.1", port))
    await office.hear("orders.order", "purchase_order_ready")
    for _ in range(2):
        await office.tick()
        assert (await office.delivery()).state is DeliveryState.PENDING
    ((state, error),) = await office.errands()
    assert state == "open"
    assert "SMTPConnectError" in str(error)
    mailbox = Mailbox()
    async with mailbox.listening(port):
        await office.tick()
    assert len(mailbox.mails) == 1
    assert (await office.delivery()).state is DeliveryState.SENT


@pytest.mark.parametrize("service", ["accounts", "orders"])
async def test_a_mail_waits_for_the_services_it_is_written_from(executor: Executor[Any], service: str) -> None:
    mailbox = Mailbox()
    async with mailbox.listening() as server:
        office = Office(executor, server)
        office.world.statuses[service] = 503
        await office.hear("orders.order", "purchase_order_ready")
        await office.tick()
        assert (await office.delivery()).state is DeliveryState.PENDING
        assert mailbox.mails == []
        office.world.statuses.clear()
        await office.tick()
    assert len(mailbox.mails) == 1


async def test_a_mail_that_was_sent_before_the_crash_is_the_same_mail(executor: Executor[Any]) -> None:
    """Sent, but the record was lost: the second mail has the Message-ID of the first."""
    mailbox = Mailbox()
    async with mailbox.listening() as server:
        office = Office(executor, server)
        await office.hear("orders.order", "purchase_order_ready")
        delivery = await office.delivery()
        desk = MailDesk(office.world.sources, "no-reply@regrade.example", "https://shop.example", executor.clock.now)
        await server.send((await desk.write(delivery)).message)
        await office.tick()
    assert [mail["Message-ID"] for mail in mailbox.mails] == [delivery.message_id] * 2


async def test_a_refused_mail_is_given_up_and_said_so(executor: Executor[Any]) -> None:
    mailbox = Mailbox()
    mailbox.reply = "550 no such user"
    async with mailbox.listening() as server:
        office = Office(executor, server)
        await office.hear("orders.order", "purchase_order_ready")
        await office.tick()
    delivery = await office.delivery()
    assert (delivery.state, delivery.reason) == (DeliveryState.FAILED, FailureReason.REFUSED)
    assert await office.errands() == [("done", None)]


async def test_a_reminder_that_the_payment_has_overtaken_is_not_sent(executor: Executor[Any]) -> None:
    mailbox = Mailbox()
    async with mailbox.listening() as server:
        office = Office(executor, server)
        office.world.order["state"] = "secured"
        await office.hear("orders.order", "payment_reminded")
        await office.tick()
    assert (await office.delivery()).reason is FailureReason.OVERTAKEN
    assert mailbox.mails == []
