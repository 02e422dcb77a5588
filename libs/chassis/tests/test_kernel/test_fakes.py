"""The fakes keep the promises of the real parts, or they would prove nothing."""

import pytest
from toy.service import Counter, CounterRaised, outbound

from chassis.kafka.envelope import Message
from chassis.kernel.errors import NotFound, StaleVersion
from chassis.kernel.ids import new_id
from chassis.testing.broker import MemoryBroker
from chassis.testing.clock import START, FakeClock
from chassis.testing.memory import MemoryRepository, MemoryUnitOfWork


async def test_the_fake_repository_refuses_a_stale_save() -> None:
    counter = Counter(new_id(), 1, 0)
    mine, theirs = MemoryRepository(counter), MemoryRepository(counter)
    theirs.rows = mine.rows
    ours = await mine.get(counter.id)
    other, _ = (await theirs.get(counter.id)).raised(1)
    await theirs.save(other)
    with pytest.raises(StaleVersion):
        await mine.save(ours.raised(2)[0])
    with pytest.raises(NotFound):
        await mine.get(new_id())


async def test_the_fake_timers_keep_one_open_timer_per_key() -> None:
    uow, key, clock = MemoryUnitOfWork(), new_id(), FakeClock()
    await uow.timers.set("hold", key, START)
    await uow.timers.set("hold", key, clock.advance(days=1), {"n": 2})
    assert uow.timers.fire(START) == []
    assert uow.timers.fire(clock.now()) == [("hold", key, {"n": 2})]
    assert uow.timers.fire(clock.now()) == []


async def test_the_broker_keeps_each_aggregates_order_whatever_the_seed() -> None:
    for seed in range(20):
        broker = MemoryBroker(seed, repeats=0.3)
        seen: dict[object, list[int]] = {}

        async def read(message: Message, seen: dict[object, list[int]] = seen) -> None:
            known = seen.setdefault(message.aggregate_id, [])
            if message.seq not in known:
                known.append(message.seq)

        broker.subscribe("toy.counter", read)
        for counter in (new_id(), new_id(), new_id()):
            for seq in range(1, 6):
                broker.publish(outbound(CounterRaised(aggregate_id=counter, seq=seq, step=1, total=seq)), source="toy")
        assert await broker.deliver() >= 15
        assert list(seen.values()) == [[1, 2, 3, 4, 5]] * 3
