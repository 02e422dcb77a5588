"""`make bench-sizes`: push and search at several sizes of the catalogue, beside the limits of the same run.

Each size is a platform of its own, filled through the gateway as sellers do it; loading is what takes the time.
"""

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from rich.console import Console

from bench import limits_web, stock
from bench.__main__ import UNLIMITED, commit, machine
from bench.figures import quantiles_ms
from bench.flows import NDJSON
from bench.generator import Job, Load, Request, generate
from bench.limits import PostgresLimits
from bench.meter import Meter, ms_each
from bench.world import LINES_A_PUSH, token
from launcher.paths import clone_root
from launcher.ports import free_port_base
from launcher.progress import ConsoleProgress
from launcher.stack import Stack
from regrade import demo
from regrade.companies import CompanyCard
from regrade.platform import Platform
from regrade.story import Member, Story

SECONDS = 6.0
CLIENTS = 16
LIMIT_SECONDS = 2
FRESHNESS_ROUNDS = 60
# A change is asked for as often as this until it is seen.
_PAUSE_SECONDS = 0.005
_PATIENCE_SECONDS = 30.0
# What the page of kept runs says as long as there is none.
NOTHING_YET = "No run is kept yet"


@dataclass
class Figure:
    """One line of the table."""

    title: str
    value: float
    unit: str
    p50: float | None = None
    p99: float | None = None
    cpu_ms: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    def row(self, offers: int) -> str:
        """The line as Markdown."""
        latency = "" if self.p50 is None or self.p99 is None else f"{self.p50:,.3g} / {self.p99:,.3g}"
        dear = {name: ms for name, ms in self.cpu_ms.items() if ms >= 0.01}
        parts = ", ".join(f"{name} {ms:.3g}" for name, ms in sorted(dear.items(), key=lambda pair: -pair[1])[:3])
        cpu = f"{sum(self.cpu_ms.values()):.3g} ({parts})" if dear else ""
        return f"| {offers:,} | {self.title} | **{self.value:,.4g}** {self.unit} | {latency} | {cpu} | {self.note} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.sizes", description=__doc__)
    parser.add_argument("--offers", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--port-base", type=int, help="a free one, if not given")
    parser.add_argument("--keep", action="store_true", help="add the table to bench/records/sizes.md")
    parsed = parser.parse_args()
    console = Console(width=200)
    rows: list[str] = []
    for offers in parsed.offers:
        with a_size(parsed.port_base or free_port_base(), console) as size:
            for figure in size.measure(offers):
                rows.append(figure.row(offers))
                console.print(rows[-1], markup=False, soft_wrap=True)
    shown = table(rows)
    console.print(shown, markup=False, highlight=False, soft_wrap=True)
    if parsed.keep:
        kept = clone_root() / "bench" / "records" / "sizes.md"
        kept.write_text(f"{kept.read_text().partition(NOTHING_YET)[0].rstrip()}\n\n{shown}")


def table(rows: Sequence[str]) -> str:
    """When and where, and the figures of all sizes."""
    there = machine()
    return "\n".join(
        [
            f"Commit {commit()}, {datetime.now(UTC):%Y-%m-%d}: {there['cores']} cores ({there['processor']}), "
            f"{there['memory_gib']} GiB, Python {there['python']}.",
            "",
            "| offers | figure | value | p50 / p99 ms | CPU-ms an operation | |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


@contextmanager
def a_size(port_base: int, console: Console) -> Iterator["Size"]:
    """A platform with a buyer and a seller, and two processes for load."""
    with tempfile.TemporaryDirectory(prefix="regrade-sizes-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        stack = Stack(folder / "state", port_base, durable=True, extra=UNLIMITED)
        try:
            stack.start(ConsoleProgress(console))
            with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
                yield Size(stack, folder, pool)
        finally:
            stack.stop()
            stack.paths.remove()


class Size:
    """One platform that is filled and measured."""

    def __init__(self, stack: Stack, folder: Path, pool: ProcessPoolExecutor) -> None:
        self._stack = stack
        self._folder = folder
        self._pool = pool
        self._meter = Meter(stack)
        story = Story(
            Platform(stack.url("gateway"), stack.url("sandbox")),
            stack.secrets["operator_api_key"],
            stack.secrets["internal_token"],
        )
        buyer = story.buyer(CompanyCard("Acheteur SAS", "achats@bench.example", "Lyon", "69003", "1 rue du Banc"))
        self._token = token(stack, buyer)
        self._sellers = [story.seller(card, ["normal", "margin"]) for card, _, _ in demo.SELLERS]
        for seller in self._sellers:
            # Until the catalogue knows that they may sell.
            story.push(seller, [stock.line(0) | {"sku": "FIRST", "quantity": 0, "state": "paused"}])

    def measure(self, offers: int) -> Iterator[Figure]:
        """Fill, then everything in turn."""
        numbers = range(offers)
        yield self._push("new lines", numbers, 0)
        yield self._push("all prices changed", range(min(offers, 50_000)), 1)
        yield self._push("nothing changed", range(min(offers, 50_000)), 1)
        self._meter.wait_until_quiet()
        asyncio.run(self._analyse())
        asked = stock.questions(300)
        yield self._search("search, all kinds in turn", list(chain(*zip(*asked.values(), strict=True))))
        for kind, questions in asked.items():
            yield self._search(f"search, {kind}", questions)
        yield self._search_while_pushing(asked["words"], range(min(offers, 50_000)), 2)
        yield self._freshness()
        yield from self._limits()

    def _push(self, what: str, numbers: range, round_: int) -> Figure:
        events = asyncio.run(self._events())
        before, began = self._meter.cpu_seconds(), time.monotonic()
        load = self._load(self._pushes(numbers, round_))
        spent = time.monotonic() - began
        cost = ms_each(before, self._meter.cpu_seconds(), len(numbers))
        told = asyncio.run(self._events()) - events
        p50, p99 = quantiles_ms(load.waited)
        note = f"{told} events; {load.errors} errors"
        return Figure(f"push, {what}, 5,000 lines a call", len(numbers) / spent, "lines/s", p50, p99, cost, note)

    def _pushes(self, numbers: range, round_: int) -> Job:
        parts = [numbers[at : at + LINES_A_PUSH] for at in range(0, len(numbers), LINES_A_PUSH)]
        requests = [
            # Each part of the stock has its seller.
            Request("PATCH", "/v1/seller/offers", self._seller_of(part).api_key, stock.body(part, round_), NDJSON)
            for part in parts
        ]
        return Job(self._stack.url("gateway"), requests, 1, None, forbidden=b'"rejected"', needed=b'"status"')

    def _seller_of(self, part: range) -> Member:
        return self._sellers[part.start // LINES_A_PUSH % len(self._sellers)]

    def _search(self, title: str, questions: Sequence[str]) -> Figure:
        # Words are remembered once they were asked for; the first time is a case of its own.
        self._load(self._searches(questions, connections=4, seconds=1.0))
        self._meter.wait_until_quiet()
        before = self._meter.cpu_seconds()
        load = self._load(self._searches(questions, connections=CLIENTS, seconds=SECONDS))
        cost = ms_each(before, self._meter.cpu_seconds(), load.answered)
        p50, p99 = quantiles_ms(load.waited)
        return Figure(title, load.done / load.seconds, "searches/s", p50, p99, cost, _errors(load))

    def _search_while_pushing(self, questions: Sequence[str], numbers: range, round_: int) -> Figure:
        pushing = self._pool.submit(generate, self._pushes(numbers, round_))
        waited: list[float] = []
        done, seconds = 0, 0.0
        while not pushing.done():
            load = self._load(self._searches(questions, connections=CLIENTS, seconds=2.0))
            waited += load.waited
            done, seconds = done + load.done, seconds + load.seconds
        pushed = pushing.result()
        p50, p99 = quantiles_ms(waited)
        note = f"beside a push of {len(numbers) / sum(pushed.waited):,.0f} lines/s; {pushed.errors} errors"
        return Figure("search, words, during a full push", done / seconds, "searches/s", p50, p99, {}, note)

    def _searches(self, questions: Sequence[str], *, connections: int, seconds: float) -> Job:
        requests = [Request("GET", f"/v1/offers?{one}&limit=20&facets=true", self._token) for one in questions]
        return Job(self._stack.url("catalog"), requests, connections, seconds, needed=b'"facets":{', lead_seconds=0.5)

    def _freshness(self) -> Figure:
        """One line pushed with a price that nothing else has, and asked for until it is there."""
        seller = self._sellers[0]
        waited = []
        url = f"{self._stack.url('catalog')}/v1/offers"
        with httpx.Client(headers={"Authorization": f"Bearer {self._token}"}) as client:
            for n in range(FRESHNESS_ROUNDS):
                price = 1_000_000_000 + n
                line = stock.line(0) | {"sku": "FIRST", "quantity": 1, "state": "live"}
                line["confirm_price"] = True
                line["price"] = {"amount": price, "currency": "EUR"}
                seller.caller.patch_lines("/v1/seller/offers", json.dumps(line).encode())
                answered = time.monotonic()
                while not client.get(url, params={"price_min": price, "price_max": price}).json()["items"]:
                    assert time.monotonic() - answered < _PATIENCE_SECONDS, "a change that nobody sees"
                    time.sleep(_PAUSE_SECONDS)
                waited.append(time.monotonic() - answered)
        p50, p99 = quantiles_ms(waited)
        return Figure("push answered → seen in a search", p99, "ms (p99)", p50, p99, note=f"{len(waited)} pushes")

    def _limits(self) -> Iterator[Figure]:
        postgres = PostgresLimits(self._stack, self._folder)
        asyncio.run(postgres.prepare())
        yield Figure("limit: bulk upsert in PostgreSQL", postgres.lines_per_second(LIMIT_SECONDS), "lines/s")
        yield Figure("limit: primary key read in PostgreSQL", postgres.reads_per_second(LIMIT_SECONDS), "reads/s")
        with limits_web.served("one_row", free_port_base(), postgres.dsn, self._folder) as url:
            load = self._load(limits_web.reads(url, LIMIT_SECONDS))
        p50, p99 = quantiles_ms(load.waited)
        rate = load.done / load.seconds
        yield Figure("limit: FastAPI and asyncpg, read one row", rate, "reads/s", p50, p99)

    def _load(self, job: Job) -> Load:
        return self._pool.submit(generate, job).result()

    async def _events(self) -> int:
        rows = await self._ask(
            "select (select count(*) from outbox where topic = 'catalog.stock') + "
            "(select count(*) from outbox_archive where topic = 'catalog.stock') as told"
        )
        return int(rows[0]["told"])

    async def _analyse(self) -> None:
        """What autovacuum would do in a quiet minute."""
        await self._ask("vacuum (analyze) offers")
        await self._ask("vacuum (analyze) stock")

    async def _ask(self, statement: str) -> list[Any]:
        connection = await asyncpg.connect(self._stack.admin_url().rsplit("/", 1)[0] + "/catalog")
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()


def _errors(load: Load) -> str:
    return f"{load.errors} errors" + (f", the first: {load.first_error}" if load.first_error else "")


if __name__ == "__main__":
    main()
