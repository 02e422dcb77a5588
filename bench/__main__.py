"""`make bench`: starts a platform of its own, measures flows and limits in turn, prints the table."""

import asyncio
import platform as machine
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from bench import flows, limits
from launcher.ports import free_port_base
from launcher.progress import ConsoleProgress
from launcher.stack import Stack
from regrade import demo
from regrade.platform import Platform
from regrade.story import Story

LINES = 5_000
CONNECTIONS = 16
SECONDS = 10.0
# Nothing is to be limited but the machine.
UNLIMITED = {"REGRADE_RATE_PER_CALLER": "1000000/second"}
PROCESSES = ("gateway", "orders", "catalog", "payments", "kafka", "postgres")


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="regrade-bench-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder) / "state", free_port_base(), extra=UNLIMITED)
        try:
            stack.start(ConsoleProgress(console))
            console.print(_table(asyncio.run(_measure(stack))), markup=False, highlight=False)
        finally:
            stack.stop()
            stack.paths.remove()


async def _measure(stack: Stack) -> list[tuple[str, str, str, str]]:
    gateway = stack.url("gateway")
    story = Story(
        Platform(gateway, stack.url("sandbox")), stack.secrets["operator_api_key"], stack.secrets["internal_token"]
    )
    buyer = await asyncio.to_thread(story.buyer, demo.BUYER)
    card, regime, _ = demo.SELLERS[0]
    seller = await asyncio.to_thread(story.seller, card, [regime])
    # Until the catalogue knows that the seller may sell.
    await asyncio.to_thread(story.push, seller, [flows.line(0, 1, 100)])
    dsn = await limits.prepare(stack.admin_url())

    pushed = await flows.push(gateway, seller, lines=LINES, rounds=3)
    pushed_limit = await limits.lines_per_second(dsn, lines=LINES, rounds=5)
    offers = [one["id"] for one in await asyncio.to_thread(lambda: list(buyer.caller.each("/v1/offers", limit=200)))]
    await flows.order(gateway, buyer, offers, connections=CONNECTIONS, seconds=4)  # a cold JVM costs a multiple
    before = _cpu_seconds(stack)
    ordered, waited = await flows.order(gateway, buyer, offers, connections=CONNECTIONS, seconds=SECONDS)
    after = _cpu_seconds(stack)
    ordered_limit = await limits.orders_per_second(dsn, connections=CONNECTIONS, seconds=3)
    _, alone = await flows.order(gateway, buyer, offers, connections=1, seconds=5)
    found, looked = await flows.search(gateway, buyer, connections=CONNECTIONS, seconds=5)
    cpu = {name: (after[name] - before[name]) * 1000 / (ordered * SECONDS) for name in PROCESSES}
    return [
        ("stock lines/s, 5,000 a push", f"{pushed:,.0f}", f"{pushed_limit:,.0f}", f"{pushed / pushed_limit:.1%}"),
        ("orders held/s, 16 connections", f"{ordered:,.0f}", f"{ordered_limit:,.0f}", f"{ordered / ordered_limit:.1%}"),
        ("order to held p50 / p99, 16 connections", f"{waited.p50:.0f} / {waited.p99:.0f} ms", "", ""),
        ("order to held p50 / p99, 1 connection", f"{alone.p50:.0f} / {alone.p99:.0f} ms", "", ""),
        ("searches/s, 16 connections", f"{found:,.0f}", "", ""),
        ("search p50 / p99, 16 connections", f"{looked.p50:.0f} / {looked.p99:.0f} ms", "", ""),
        *((f"CPU-ms an order, {name}", f"{spent:.1f}", "", "") for name, spent in cpu.items()),
        ("CPU-ms an order, all of these", f"{sum(cpu.values()):.1f}", "", ""),
    ]


def _cpu_seconds(stack: Stack) -> dict[str, float]:
    def spent(name: str) -> float:
        process = psutil.Process(stack.child(name).pid)
        family = [process, *process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family if one.is_running())

    return {name: spent(name) for name in PROCESSES}


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    ask: Callable[..., Any] = subprocess.run
    commit = ask(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    memory = psutil.virtual_memory().total // 2**30
    head = [
        f"Commit {commit or '(none)'}; {psutil.cpu_count()} cores, {memory} GiB, {machine.system()}, "
        f"Python {machine.python_version()}; everything, the generator included, on this one machine.",
        "",
        "| flow | Regrade | limit of the same PostgreSQL | share |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])


if __name__ == "__main__":
    main()
