"""Requests that wait: woken by the bell, by the poll, or by nobody."""

import asyncio
from collections.abc import Sequence

from chassis.kernel.ids import Id, new_id
from orders.api.waiters import Waiters


class Settled:
    """A database that can be told what is settled, and that counts how often it is asked."""

    def __init__(self) -> None:
        self.ids: set[Id] = set()
        self.asked = 0
        self.broken = False

    async def read(self, ids: Sequence[Id]) -> Sequence[Id]:
        self.asked += 1
        if self.broken:
            raise ConnectionError
        return [id for id in ids if id in self.ids]


async def test_the_bell_wakes_whoever_waits_without_asking_the_database() -> None:
    settled, order_id = Settled(), new_id()
    waiters = Waiters(settled.read)
    async with waiters.expect(order_id) as waiter:
        waiters.ring(order_id)
        assert await waiter.wait(5)
    assert settled.asked == 0


async def test_a_bell_for_another_order_wakes_nobody() -> None:
    waiters = Waiters(Settled().read)
    async with waiters.expect(new_id()) as waiter:
        waiters.ring(new_id())
        assert not await waiter.wait(0.01)


async def test_the_poll_finds_what_another_copy_settled() -> None:
    settled, order_id = Settled(), new_id()
    waiters = Waiters(settled.read)
    async with waiters.expect(order_id) as waiter:
        settled.ids.add(order_id)
        assert await waiter.wait(5)


async def test_nobody_waits_longer_than_asked_even_without_a_database() -> None:
    settled = Settled()
    settled.broken = True
    waiters = Waiters(settled.read)
    async with waiters.expect(new_id()) as waiter:
        assert not await waiter.wait(0.01)


async def test_a_hundred_waiting_requests_share_one_read() -> None:
    settled = Settled()
    waiters = Waiters(settled.read)
    ids = [new_id() for _ in range(100)]

    async def request(order_id: Id) -> bool:
        async with waiters.expect(order_id) as waiter:
            return await waiter.wait(5)

    tasks = [asyncio.create_task(request(order_id)) for order_id in ids]
    settled.ids.update(ids)
    assert all(await asyncio.gather(*tasks))
    assert settled.asked == 1
