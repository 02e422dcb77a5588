"""Payments on a real database with a moved clock and a fake outside: facts in, timers fired, books and events out."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.executor import Executor
from chassis.db.timer_loop import TimerLoop
from chassis.db.timers import DueTimer
from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.testing.clock import FakeClock
from documents.press import Press
from payments.clients.typesetter import DocumentTypesetter
from payments.domain.bank_line import ReceivedCredit
from payments.domain.facts import Dispatch, OrderedParts
from payments.domain.payment import HeldOrder
from payments.domain.psp_account import psp_account_id_of
from payments.domain.psp_facts import EventOutcome, PspEvent
from payments.main import DEADLINES, errands_of
from payments.messaging.inbound import handlers
from payments.messaging.outbound import outbound
from payments.storage.read_ahead import read_for
from payments.storage.unit_of_work import PaymentsUnitOfWork
from payments.use_cases.hold_order import hold_order
from payments.use_cases.note_dispatch import note_dispatch
from payments.use_cases.note_seller_order import note_seller_order
from payments.use_cases.receive_psp_event import ReceivePspEvent, receive_psp_event
from services.payments.tests.builders import BUYER_NAME, PLATFORM, RULES, a_held_order, a_snapshot
from services.payments.tests.fakes import FakeAccounts, FakeOrders, FakePsp

_LEFT = text("select count(*) from timers where state = 'open' and due_at <= :now and retry_at <= now()")
_LATER = text("update timers set retry_at = now() + interval '1 day' where id = :id and state = 'open'")
_EVENTS = text("select type, aggregate_id, seq, data from outbox order by n")
# One for all tests; here somebody waits for the papers.
_PRESS = Press(stands_back=False)


class PatientLoop(TimerLoop[PaymentsUnitOfWork]):
    """An errand that fails is not tried again while the others come to their end, however slowly they do."""

    async def _put_off(self, timer: DueTimer, attempts: int, error: Exception) -> None:
        await super()._put_off(timer, attempts, error)
        async with self._executor.engine.begin() as connection:
            await connection.execute(_LATER, {"id": timer.id})


@dataclass
class World:
    """One service. `executor` runs commands; `settle` fires what is due until nothing is."""

    executor: Executor[PaymentsUnitOfWork]
    clock: FakeClock
    psp: FakePsp = field(default_factory=FakePsp)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    orders: FakeOrders = field(default_factory=FakeOrders)
    typesetter: Any = field(default_factory=lambda: DocumentTypesetter(_PRESS))

    def __post_init__(self) -> None:
        errands = errands_of(self.executor.run, self.psp, self.accounts, self.orders, self.typesetter)
        self.loop = PatientLoop(self.executor, DEADLINES, errands)

    async def settle(self) -> None:
        """Fire everything that is due now, and what that sets, until only failures are left waiting for their retry."""
        while True:
            await self.loop.fire_deadlines()
            await self.loop.run_errands()
            while self.loop.running:
                await _any_of(self.loop.running)
            async with self.executor.engine.connect() as connection:
                if not await connection.scalar(_LEFT, {"now": self.clock.now()}):
                    return

    async def retry_now(self) -> None:
        """Do not wait for real time between two tries of an errand."""
        async with self.executor.engine.begin() as connection:
            await connection.execute(text("update timers set retry_at = now() where state = 'open'"))
        await self.settle()

    async def tell(self, topic: str, type: str, aggregate_id: Id, data: dict[str, Any]) -> None:
        """A message arrives from Kafka, through the real handler."""
        body = json.dumps(data).encode()
        message = Message(
            topic, 0, 0, new_id(), f"{topic}.{type}.v1", aggregate_id, 1, self.clock.now(), data, {}, body
        )
        work = handlers()[topic](message)
        if work is not None:
            await self.executor.run(work)

    async def buyer(self, name: str = BUYER_NAME) -> Id:
        """An activated buyer of fr-pro with a virtual account."""
        company_id = new_id()
        self.accounts.snapshots[company_id] = a_snapshot(name)
        await self.tell("accounts.company", "activated", company_id, {"kind": "buyer", "market": "fr-pro"})
        await self.settle()
        return company_id

    async def seller(self, name: str = "Reparo SAS", prefix: str = "RPRO") -> Id:
        """An active seller of fr-pro with a wallet."""
        company_id = new_id()
        self.accounts.snapshots[company_id] = a_snapshot(name, prefix)
        await self.tell("accounts.seller", "activated", company_id, {"markets": ["fr-pro"]})
        await self.settle()
        return company_id

    async def held(self, buyer_id: Id, minor: int, number: str = "100042") -> HeldOrder:
        """An order of the buyer whose payment is open."""
        order = a_held_order(minor, buyer_id=buyer_id, number=number)
        await self.executor.run(partial(hold_order, order))
        return order

    async def wire(
        self, buyer_id: Id, minor: int, remittance: str = "", *, hear: bool = True, debtor: str = BUYER_NAME
    ) -> ReceivedCredit:
        """Money arrives at the provider, and (unless the message gets lost) we hear of it."""
        wallet = f"wal_wallet/{psp_account_id_of(buyer_id, 'EUR')}"
        credit = self.psp.wire(f"va_{wallet}", Money(minor, "EUR"), remittance, debtor, self.clock.now())
        if hear:
            await self.hear_of(credit)
        return credit

    async def hear_of(self, credit: ReceivedCredit, event_id: str | None = None) -> EventOutcome | None:
        """The provider's message about a credit."""
        data = {
            "credit_id": credit.credit_id,
            "virtual_account_id": credit.virtual_account_id,
            "wallet_id": credit.wallet_id,
            "amount": {"amount": credit.amount.minor, "currency": credit.amount.currency},
            "value_date": credit.value_date.isoformat(),
            "booked_at": credit.booked_at.isoformat(),
            "debtor_name": credit.debtor_name,
            "debtor_iban": credit.debtor_iban,
            "remittance": credit.remittance,
        }
        return await self.hear(PspEvent(event_id or f"evt_{new_id()}", "bank.credit_received", data))

    async def hear(self, event: PspEvent) -> EventOutcome | None:
        """Any signed message."""
        return await self.executor.run(partial(receive_psp_event, ReceivePspEvent(event, "{}")))

    async def finish(self, kind: str, reference: str, status: str = "settled") -> EventOutcome | None:
        """The bank finished a payout or refund, and the provider tells."""
        outgoing = self.psp.finish(kind, reference, status)
        data = {
            "id": "out_1",
            "reference": reference,
            "amount": {"amount": outgoing.amount.minor, "currency": outgoing.amount.currency},
            "failure_reason": outgoing.failure_reason,
        }
        outcome = await self.hear(PspEvent(f"evt_{new_id()}", f"{kind}.{status}", data))
        await self.settle()
        return outcome

    async def ship(self, ordered: OrderedParts, dispatch: Dispatch) -> None:
        """The facts of a shipment, then its invoices."""
        await self.executor.run(partial(note_seller_order, ordered))
        await self.executor.run(partial(note_dispatch, dispatch))
        await self.settle()

    async def close_window(self, ordered: OrderedParts) -> None:
        """The claim window of a seller order ends."""
        data = {
            "shipment_id": str(new_id()),
            "seller_order_id": str(ordered.seller_order_id),
            "order_id": str(ordered.order_id),
            "closed_at": self.clock.now().isoformat(),
        }
        await self.tell("aftersales.coverage", "claim_window_closed", new_id(), data)

    async def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        """Straight from the database."""
        async with self.executor.engine.connect() as connection:
            return (await connection.execute(text(statement), values)).all()

    async def rows_changed(self, statement: str, **values: Any) -> None:
        """Straight into the database, for what no use case does."""
        async with self.executor.engine.begin() as connection:
            await connection.execute(text(statement), values)

    async def events(self, prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
        """(type without topic prefix and version, data) of every public event so far."""
        async with self.executor.engine.connect() as connection:
            rows = (await connection.execute(_EVENTS)).all()
        return [
            (row.type.removeprefix("payments.").removesuffix(".v1"), row.data)
            for row in rows
            if row.type.startswith(f"payments.{prefix}")
        ]

    async def names(self, prefix: str = "") -> list[str]:
        """The types alone."""
        return [name for name, _ in await self.events(prefix)]

    async def balances(self) -> dict[str, int]:
        """Every account that is not empty."""
        rows = await self.rows("select name, balance_minor from ledger_accounts where balance_minor <> 0")
        return {row.name: row.balance_minor for row in rows}

    async def journals(self) -> list[tuple[str, list[tuple[str, str, int]]]]:
        """Every journal in the order of posting, with its lines."""
        found = []
        for _, data in await self.events("ledger"):
            lines = [(one["account"], one["side"], one["amount"]["amount"]) for one in data["postings"]]
            found.append((data["kind"], lines))
        return found

    async def audit(self) -> None:
        """The audit views are empty, every aggregate's events count 1..n, and the provider holds what the books say."""
        for view in ("i1_conservation", "i2_balances", "i7_bank_lines", "i14_invoice_numbers", "card_captures"):
            assert await self.rows(f"select * from audit_{view}") == [], view
        assert await self.rows("select * from audit_escrow where difference_minor <> 0") == []
        gaps = "select topic, aggregate_id from outbox group by 1, 2 having count(*) <> max(seq) or min(seq) <> 1"
        assert await self.rows(gaps) == []


async def _any_of(tasks: set[Any]) -> None:
    await asyncio.wait(set(tasks))
    await asyncio.sleep(0)


async def make_world(engine: AsyncEngine, now: datetime | None = None) -> World:
    """A started executor with its world around it; stop it with `world.executor.stop()`."""
    clock = FakeClock(now or datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    executor = Executor(
        engine, lambda connection: PaymentsUnitOfWork(connection, RULES, PLATFORM), outbound, clock, prefetch=read_for
    )
    await executor.start()
    return World(executor, clock)
