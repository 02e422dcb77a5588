"""Runs the flows beside their limits, round by round, on one platform."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from bench import flows, limits_kafka, limits_web
from bench.figures import Row, quantiles_ms
from bench.generator import Job, Load, generate
from bench.limits import PostgresLimits
from bench.meter import Meter, ms_each
from bench.plan import PLAN
from bench.world import LINES_A_PUSH, World
from launcher.ports import free_port_base

SECONDS = 4.0
LIMIT_SECONDS = 2

Tell = Callable[[str], None]


class Course:
    """One run. `only` limits it to some figures and what they are compared with."""

    def __init__(
        self, world: World, folder: Path, pool: ProcessPoolExecutor, tell: Tell, only: Collection[str]
    ) -> None:
        self._world = world
        self._folder = folder
        self._pool = pool
        self._tell = tell
        self._only = set(only)
        self._meter = Meter(world.stack)
        self._postgres = PostgresLimits(world.stack, folder)
        self.rows = {key: Row(flow) for key, flow in PLAN.items() if self._wants(key)}

    def run(self, rounds: int) -> None:
        """Warm up, then measure everything so many times, flows and limits in turn."""
        asyncio.run(self._postgres.prepare())
        with ExitStack() as stack:
            port = free_port_base()
            tiny, one_row = (
                stack.enter_context(limits_web.served(name, port + n, self._postgres.dsn, self._folder))
                for n, name in enumerate(("tiny", "one_row"))
            )
            self._warm_up()
            for round_ in range(rounds):
                self._tell(f"round {round_ + 1} of {rounds}")
                self._pushes(round_)
                self._reads()
                self._orders()
                self._limits(tiny, one_row)

    def _wants(self, key: str) -> bool:
        limits = {PLAN[one].limit for one in self._only if one in PLAN}
        return not self._only or key in self._only or key in limits

    def _warm_up(self) -> None:
        """A cold JVM costs a multiple, and so do first statements."""
        self._load(flows.orders(self._world, connections=16, seconds=4.0))
        self._load(flows.reads(self._world, connections=16, seconds=0.5, service=False))
        self._meter.wait_until_quiet()

    def _pushes(self, round_: int) -> None:
        if self._wants("push_bulk"):
            self._load(flows.pushes_before(self._world, 3 * round_))
            self._measure("push_bulk", flows.pushes(self._world, 3 * round_, changed=1.0), each=LINES_A_PUSH)
        if self._wants("push_half"):
            self._load(flows.pushes_before(self._world, 3 * round_ + 1))
            self._measure("push_half", flows.pushes(self._world, 3 * round_ + 1, changed=0.5), each=LINES_A_PUSH)
        if self._wants("push_single"):
            self._measure("push_single", flows.single_pushes(self._world, round_, connections=16, seconds=SECONDS))

    def _reads(self) -> None:
        for key, service in (("offer_gateway", False), ("offer_service", True)):
            if self._wants(key):
                self._measure(key, flows.reads(self._world, connections=16, seconds=SECONDS, service=service))
        if self._wants("search"):
            self._measure("search", flows.searches(self._world, connections=16, seconds=SECONDS))

    def _orders(self) -> None:
        for connections in (16, 64):
            key = f"orders_{connections}"
            if self._wants(key):
                self._measure(key, flows.orders(self._world, connections=connections, seconds=SECONDS))

    def _limits(self, tiny: str, one_row: str) -> None:
        for key, measured in self._limits_of_postgres():
            if self._wants(key):
                self.rows[key].rounds.append(measured(LIMIT_SECONDS))
        for key, job in (
            ("web_tiny", limits_web.answers(tiny, LIMIT_SECONDS)),
            ("web_read", limits_web.reads(one_row, LIMIT_SECONDS)),
            ("web_write", limits_web.writes(one_row, LIMIT_SECONDS)),
        ):
            if self._wants(key):
                load = self._load(job)
                self._note(self.rows[key], load, load.done / load.seconds)
        if self._wants("kafka"):
            load = asyncio.run(limits_kafka.round_trips(self._world.stack.ports.address("kafka"), LIMIT_SECONDS))
            self._note(self.rows["kafka"], load, quantiles_ms(load.waited)[0])

    def _limits_of_postgres(self) -> Iterator[tuple[str, Callable[[int], float]]]:
        yield "pg_order", self._postgres.orders_per_second
        yield "pg_push", self._postgres.lines_per_second
        yield "pg_read", self._postgres.reads_per_second

    def _measure(self, key: str, job: Job, *, each: int = 1) -> None:
        """One round of a flow; `each` is how many of its units one request is. The work behind the answers is counted too."""
        row = self.rows[key]
        self._meter.wait_until_quiet()
        before = self._meter.cpu_seconds()
        load = self._load(job)
        answered = self._meter.cpu_seconds()
        operations = max(1, load.done) * each
        cost = ms_each(before, answered, operations)
        cost["generator"] = round(load.cpu_seconds * 1000 / operations, 3)
        self._note(row, load, load.done * each / load.seconds)
        row.cpu_ms.append(cost)
        waited = self._meter.wait_until_quiet()
        row.cpu_ms_behind.append(sum(ms_each(answered, self._meter.cpu_seconds(), operations).values()))
        self._tell(f"{row.flow.title}: {row.rounds[-1]:,.0f} {row.flow.unit}, quiet after {waited:.0f} s")

    def _note(self, row: Row, load: Load, value: float) -> None:
        row.rounds.append(value)
        if load.waited:
            p50, p99 = quantiles_ms(load.waited)
            row.p50.append(p50)
            row.p99.append(p99)
        row.errors += load.errors
        row.first_error = row.first_error or load.first_error

    def _load(self, job: Job) -> Load:
        return self._pool.submit(generate, job).result()


def cold_start(start: Callable[[], None]) -> float:
    """Seconds until everything is ready."""
    began = time.monotonic()
    start()
    return time.monotonic() - began
