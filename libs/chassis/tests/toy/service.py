"""A counter that can be raised, and the smallest set of rooms around it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.outbox import PublicEvent
from chassis.db.repository import Repository
from chassis.db.unit_of_work import UnitOfWork
from chassis.kernel.errors import Invalid, NotFound, WrongState
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable

MIGRATIONS = Path(__file__).parent / "migrations"
TOPIC = "toy.counter"


class CounterState(StrEnum):
    """A counter runs until it is closed."""

    OPEN = "open"
    CLOSED = "closed"


class CounterClosed(WrongState):
    """A closed counter does not move."""

    code = "counter_closed"
    title = "The counter is closed"


class NegativeStep(Invalid):
    """A counter only goes up."""

    code = "negative_step"
    title = "A counter only goes up"


class NoSuchCounter(NotFound):
    """Unknown counter."""

    code = "no_such_counter"
    title = "There is no such counter"


TABLE = StateTable(
    {("raise", CounterState.OPEN): CounterState.OPEN, ("close", CounterState.OPEN): CounterState.CLOSED}, CounterClosed
)


@dataclass(frozen=True, kw_only=True)
class CounterRaised(DomainEvent):
    """The counter went up by `step` to `total`."""

    step: int
    total: int


@dataclass(frozen=True)
class Counter:
    """Counts, and knows its version."""

    id: Id
    version: int
    total: int
    state: CounterState = CounterState.OPEN

    def raised(self, step: int) -> tuple["Counter", CounterRaised]:
        if step < 0:
            raise NegativeStep(step=step)
        new = replace(self, version=self.version + 1, total=self.total + step, state=TABLE.after("raise", self.state))
        return new, CounterRaised(aggregate_id=self.id, seq=new.version, step=step, total=new.total)

    def closed(self) -> "Counter":
        return replace(self, version=self.version + 1, state=TABLE.after("close", self.state))


metadata = MetaData()
counters = Table(
    "counters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("state", Text, nullable=False),
)


class CounterRepository(Repository[Counter]):
    table = counters
    not_found = NoSuchCounter

    def to_row(self, aggregate: Counter) -> dict[str, Any]:
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "total": aggregate.total,
            "state": aggregate.state,
        }

    def from_row(self, row: Mapping[str, Any]) -> Counter:
        return Counter(row["id"], row["version"], row["total"], CounterState(row["state"]))


class ToyUnitOfWork(UnitOfWork):
    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.counters = CounterRepository(connection)


@dataclass(frozen=True)
class RaiseCounter:
    counter_id: Id
    step: int


async def raise_counter(command: RaiseCounter, uow: ToyUnitOfWork, now: datetime) -> int:
    """Raise a counter; the first raise creates it."""
    found = await uow.counters.find(command.counter_id)
    counter, event = (found or Counter(command.counter_id, 0, 0)).raised(command.step)
    await (uow.counters.save(counter) if found else uow.counters.add(counter))
    uow.publish(event)
    return counter.total


def outbound(event: DomainEvent) -> PublicEvent:
    assert isinstance(event, CounterRaised)
    return PublicEvent(
        topic=TOPIC,
        type=f"{TOPIC}.raised.v1",
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        data={"counter_id": str(event.aggregate_id), "step": event.step, "total": event.total},
    )
