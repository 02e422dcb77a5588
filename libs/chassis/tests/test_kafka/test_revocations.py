"""Revocations over a real broker: those of late, those from now on, and again after a break."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from chassis.kafka.envelope import encode, headers_of
from chassis.kafka.revocations import REVOKED, TOPIC, follow_revocations
from chassis.kafka.topics import ensure_topics
from chassis.kernel.ids import Id, new_id
from chassis.testing.wait import until
from launcher.testing import kafka_server

pytestmark = pytest.mark.kafka


class Accounts:
    """Says what was taken back, as the relay of accounts does."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def revoke(self, type: str = REVOKED) -> Id:
        subject, revocation = new_id(), new_id()
        headers = headers_of(
            event_id=new_id(),
            type=type,
            source="accounts",
            seq=1,
            occurred_at=datetime.now(UTC),
            traceparent=None,
            cause_id=None,
        )
        said = {"subject_id": str(subject), "revoked_at": datetime.now(UTC).isoformat(), "kind": "session"}
        key = str(revocation).encode()
        await self._producer.send_and_wait(TOPIC, key=key, value=encode(said), headers=headers)
        return subject


@pytest.fixture
async def accounts() -> AsyncIterator[Accounts]:
    await ensure_topics(kafka_server(), [TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=kafka_server())
    await producer.start()
    yield Accounts(producer)
    await producer.stop()


class Service:
    """One that follows; `heard` is what it was told."""

    def __init__(self) -> None:
        self.heard: set[Id] = set()
        self.task = asyncio.create_task(
            follow_revocations(kafka_server(), lambda subject, at: self.heard.add(subject), back_seconds=60)
        )

    async def hears(self, *subjects: Id) -> None:
        async def are_heard() -> bool:
            return set(subjects) <= self.heard

        await until(are_heard, True)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})


async def test_a_service_hears_what_was_said_before_it_started_and_what_is_said_then(accounts: Accounts) -> None:
    before = await accounts.revoke()
    service = Service()
    await service.hears(before)
    await service.hears(await accounts.revoke(), await accounts.revoke())
    await service.stop()


async def test_every_copy_hears_everything(accounts: Accounts) -> None:
    copies = [Service() for _ in range(3)]
    subject = await accounts.revoke()
    for copy in copies:
        await copy.hears(subject)
        await copy.stop()


async def test_another_kind_of_fact_takes_nothing_back(accounts: Accounts) -> None:
    service = Service()
    other = await accounts.revoke(f"{TOPIC}.forgotten.v1")
    await service.hears(await accounts.revoke())
    assert other not in service.heard
    await service.stop()
