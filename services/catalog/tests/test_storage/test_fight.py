"""64 clients want the one unit that is left, over and over: one gets it, and all come to an end.

`make fight` fights 10,000 rounds and keeps the result in bench/records/fights.md; a change has time for a few.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from catalog.domain.reservation import OrderedLine, PlacedOrder
from catalog.main import MIGRATIONS
from catalog.use_cases.push_offers import push_offers
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.db.engine import make_engine
from chassis.kernel.ids import Id
from chassis.testing.postgres import database

from ..builders import a_patch, a_push, an_order
from ..conftest import Catalog

pytestmark = pytest.mark.storage

CLIENTS = 64
# As many copies of the service, each with transactions of its own: within one, those who wait share a transaction.
COPIES = 8
ROUNDS = int(os.environ.get("FIGHT_ROUNDS", "20"))
KEPT = os.environ.get("FIGHT_KEPT")


@asynccontextmanager
async def copies(count: int) -> AsyncIterator[list[Catalog]]:
    """Several copies of the service on one database."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(database(MIGRATIONS))
        running = []
        for _ in range(count):
            own = make_engine(engine.url.render_as_string(hide_password=False), lock_seconds=60)
            stack.push_async_callback(own.dispose)
            running.append(Catalog(own))
            await running[-1].executor.start()
            stack.push_async_callback(running[-1].executor.stop)
        yield running


async def offers_of(catalog: Catalog, names: Sequence[str], quantity: int) -> list[Id]:
    seller = await catalog.admit()
    lines = await catalog.executor.run(
        partial(push_offers, a_push(seller.id, *(a_patch(name, quantity=quantity) for name in names)))
    )
    return [line.offer_id for line in lines]


async def place(copy: Catalog, order: PlacedOrder) -> None:
    await copy.executor.run(partial(reserve_stock, ReserveStock(order)))


async def verdicts(catalog: Catalog, orders: Sequence[PlacedOrder]) -> Counter[str]:
    rows = await catalog.rows(
        "select state, count(*) as orders from reservations where id = any(:ids) group by state",
        ids=[order.order_id for order in orders],
    )
    return Counter({row.state: row.orders for row in rows})


async def test_64_clients_over_one_unit_have_one_winner_in_every_round() -> None:
    chance = random.Random(64)
    winners: Counter[int] = Counter()
    began = time.monotonic()
    async with copies(COPIES) as running:
        units: list[Id] = []
        for round_ in range(ROUNDS):
            if not units:
                units = await offers_of(running[0], [f"R{round_}-{n}" for n in range(min(ROUNDS, 1000))], quantity=1)
            unit = units.pop()
            orders = [an_order(OrderedLine(1, unit, 1)) for _ in range(CLIENTS)]
            chance.shuffle(running)
            await asyncio.gather(*[place(running[n % COPIES], order) for n, order in enumerate(orders)])
            found = await verdicts(running[0], orders)
            assert found == {"held": 1, "refused": CLIENTS - 1}, f"round {round_}: {found}"
            (figures,) = await running[0].rows("select available, held from stock where offer_id = :o", o=unit)
            assert tuple(figures) == (0, 1)
            winners[found["held"]] += 1
    assert winners == {1: ROUNDS}
    if KEPT:
        keep(Path(KEPT), f"| {datetime.now(UTC):%Y-%m-%d} | {ROUNDS:,} | {CLIENTS} | {COPIES} | {ROUNDS * CLIENTS:,} | "
             f"{winners[1]:,} | 0 | {time.monotonic() - began:,.0f} |")  # fmt: skip


async def test_a_storm_of_orders_over_shuffled_offers_ends_without_a_deadlock_or_an_oversold_unit() -> None:
    chance = random.Random(7)
    async with copies(COPIES) as running:
        offers = await offers_of(running[0], [f"D{n}" for n in range(12)], quantity=30)
        orders = []
        for _ in range(240):
            named = chance.sample(offers, chance.randint(2, 8))
            orders.append(
                an_order(*(OrderedLine(n, one, chance.randint(1, 3)) for n, one in enumerate(named, start=1)))
            )
        deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
        await asyncio.gather(*[place(running[n % COPIES], order) for n, order in enumerate(orders)])
        # Half of them give back while as many others ask.
        again = [an_order(*order.lines) for order in orders[::2]]
        cancel = [partial(release_reservation, ReleaseReservation(one.order_id, "cancelled")) for one in orders[::2]]
        await asyncio.gather(
            *[running[n % COPIES].executor.run(work) for n, work in enumerate(cancel)],
            *[place(running[-1 - n % COPIES], order) for n, order in enumerate(again)],
        )
        found = await verdicts(running[0], [*orders, *again])
        assert found["held"] > 0
        assert found["refused"] > 0
        assert found["released"] > 0
        held: Counter[Any] = Counter()
        for order in [*orders, *again]:
            if (await verdicts(running[0], [order]))["held"]:
                for line in order.lines:
                    held[line.offer_id] += line.quantity
        for row in await running[0].rows("select offer_id, counted, available, held from stock"):
            assert row.held == held[row.offer_id] <= row.counted
            assert row.available == row.counted - row.held
        (row,) = await running[0].rows(deadlocks)
        assert row.deadlocks == 0


def keep(path: Path, row: str) -> None:
    """One more row of the table."""
    path.write_text(f"{path.read_text().rstrip()}\n{row}\n")
