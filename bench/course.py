"""Runs the flows beside their limits, round by round, on one platform."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from bench import events, flows, limits_kafka, limits_passwords, limits_web, stories
from bench.figures import Row, quantiles_ms
from bench.generator import Job, Load, generate
from bench.limits import PostgresLimits
from bench.meter import Meter, ms_each
from bench.plan import PLAN
from bench.world import LINES_A_PUSH, World
from launcher.ports import free_port_base

SECONDS = 3.0
LIMIT_SECONDS = 2
# Low load: far from what the platform can do, so that nothing queues.
ORDERS_PER_SECOND = 10.0
STORIES = 16
STORIES_AT_ONCE = 8
# Five people sign in; one that is tried more than five times at once from one place is taken for a guess.
SIGN_INS_AT_ONCE = 8
# Flows that set others to work after the answer: papers, mails, what other services make of the facts.
_WITH_WORK_BEHIND = {"orders_16", "orders_64", "stories", "push_bulk"}

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

    def note_start(self, seconds: float) -> None:
        """The start that this run had, and what all processes hold in memory before any load."""
        if self._wants("cold_start"):
            self.rows["cold_start"].rounds.append(seconds)
        if self._wants("memory"):
            self.rows["memory"].parts = self._meter.memory_mib()
            self.rows["memory"].rounds.append(sum(self.rows["memory"].parts.values()))

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
                self._sign_ins()
                self._orders()
                self._latencies()
                self._stories()
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

    def _sign_ins(self) -> None:
        if self._wants("sign_ins"):
            self._measure("sign_ins", flows.sign_ins(self._world, connections=SIGN_INS_AT_ONCE, seconds=SECONDS))

    def _orders(self) -> None:
        for connections in (16, 64):
            key = f"orders_{connections}"
            if self._wants(key):
                self._measure(key, flows.orders(self._world, connections=connections, seconds=SECONDS))

    def _latencies(self) -> None:
        if not (self._wants("order_held") or self._wants("event_seen")):
            return
        self._meter.wait_until_quiet()
        since = asyncio.run(events.database_now(self._world.stack))
        job = flows.orders(self._world, connections=16, seconds=2 * SECONDS, per_second=ORDERS_PER_SECOND)
        load = self._load(job)
        self._meter.wait_until_quiet()
        stamps = asyncio.run(events.stamps(self._world.stack, since))
        for key, waited in (("order_held", stamps.placed_to_held()), ("event_seen", stamps.hops())):
            if self._wants(key) and waited:
                seen = Load(
                    len(waited), len(waited), load.seconds, load.cpu_seconds, waited, load.errors, load.first_error
                )
                self._note(self.rows[key], seen, quantiles_ms(waited)[0])
                self._tell(f"{self.rows[key].flow.title}: {self.rows[key].rounds[-1]:.1f} ms, {len(waited)} of them")

    def _stories(self) -> None:
        if not self._wants("stories"):
            return
        cast = stories.Cast(
            self._world.stack.url("gateway"),
            self._world.stack.url("sandbox"),
            [(one.api_key, one.company, one.iban) for one in self._world.buyers],
            self._world.seller.api_key,
            self._world.offers,
        )
        self._measure("stories", lambda: self._pool.submit(stories.play, cast, STORIES, STORIES_AT_ONCE).result())

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
        if self._wants("argon2"):
            self.rows["argon2"].rounds.append(limits_passwords.hashes_per_second(LIMIT_SECONDS))
        if self._wants("kafka"):
            load = asyncio.run(limits_kafka.round_trips(self._world.stack.ports.address("kafka"), LIMIT_SECONDS))
            self._note(self.rows["kafka"], load, quantiles_ms(load.waited)[0])

    def _limits_of_postgres(self) -> Iterator[tuple[str, Callable[[int], float]]]:
        yield "pg_order", self._postgres.orders_per_second
        yield "pg_push", self._postgres.lines_per_second
        yield "pg_read", self._postgres.reads_per_second

    def _measure(self, key: str, work: Job | Callable[[], Load], *, each: int = 1) -> None:
        """One round of a flow; `each` is how many of its units one request is. The work behind the answers is counted too."""
        row = self.rows[key]
        self._meter.wait_until_quiet()
        before = self._meter.cpu_seconds()
        load = self._load(work) if isinstance(work, Job) else work()
        answered = self._meter.cpu_seconds()
        operations = max(1, load.answered) * each
        cost = ms_each(before, answered, operations)
        cost["generator"] = round(load.cpu_seconds * 1000 / operations, 3)
        self._note(row, load, load.done * each / load.seconds)
        row.cpu_ms.append(cost)
        if key in _WITH_WORK_BEHIND:
            self._meter.wait_until_quiet()
            row.cpu_ms_behind.append(sum(ms_each(answered, self._meter.cpu_seconds(), operations).values()))
        self._tell(f"{row.flow.title}: {row.rounds[-1]:,.4g} {row.flow.unit}")

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
