"""Requests that wait: woken by the bell, by the poll, or by nobody."""

import asyncio
import time
from collections.abc import Sequence

from chassis.kernel.ids import Id, new_id
from orders.api.waiters import POLL_SECONDS, Waiters


class Settled:
    """A database that can be told what is settled, and that counts how often it is asked."""

    def __init__(self) -> None:
        self.ids: set[Id] = set()
        self.asked = 0
        self.asked_again = asyncio.Event()
        self.broken = False

    async def read(self, ids: Sequence[Id]) -> Sequence[Id]:
        self.asked += 1
        if self.asked > 1:
            self.asked_again.set()
        if self.broken:
            raise ConnectionError
        return [id for id in ids if id in self.ids]


async def test_the_bell_wakes_whoever_waits_long_before_the_poll() -> None:
    settled, order_id = Settled(), new_id()
    waiters = Waiters(settled.read)
    async with waiters.expect(order_id) as waiter:
        settled.ids.add(order_id)
        began = time.monotonic()
        waiters.ring(order_id)
        assert await waiter.wait(5)
        assert time.monotonic() - began < POLL_SECONDS / 2


async def test_a_bell_before_the_commit_is_followed_until_it_shows() -> None:
    settled, order_id = Settled(), new_id()
    waiters = Waiters(settled.read)
    async with waiters.expect(order_id) as waiter:
        waiters.ring(order_id)
        await asyncio.wait_for(settled.asked_again.wait(), 5)
        settled.ids.add(order_id)
        assert await waiter.wait(5)


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
