"""`make bench`: starts a platform of its own, measures flows and limits in turn, prints the table."""

import argparse
import multiprocessing
import os
import platform as system
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from rich.console import Console

from bench import kept, table, world
from bench.course import Course, cold_start
from bench.plan import PLAN
from launcher.paths import clone_root
from launcher.ports import free_port_base
from launcher.progress import ConsoleProgress
from launcher.stack import Stack

# Nothing is to be limited but the machine.
UNLIMITED = {"REGRADE_RATE_PER_CALLER": "1000000/second", "REGRADE_RATE_PER_ADDRESS": "1000000/second"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], choices=sorted(PLAN), metavar="KEY", help="some figures only")
    parser.add_argument("--port-base", type=int, help="a free one, if not given")
    parser.add_argument("--keep", action="store_true", help="keep the run in bench/results and its table in the README")
    parsed = parser.parse_args()
    if parsed.keep and parsed.only:
        parser.error("only whole runs are kept")
    console = Console(width=200)
    run = measure(parsed.port_base or free_port_base(), parsed.rounds, parsed.only, console)
    console.print(table.markdown(run), markup=False, highlight=False, soft_wrap=True)
    if (before := kept.last()) is not None:
        console.print(f"Against commit {before['commit']} of {before['at'][:10]}, the last kept run:")
        console.print("\n".join(kept.changes(run, before)) or "no change beyond noise", markup=False, soft_wrap=True)
    if parsed.keep:
        console.print(f"Kept as {kept.keep(run).relative_to(clone_root())}, and its table in README.md")


def measure(port_base: int, rounds: int, only: Sequence[str], console: Console) -> dict[str, Any]:
    """A whole run on a platform of its own, safe against power cuts as a real one is; gives what is kept."""
    with tempfile.TemporaryDirectory(prefix="regrade-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        stack = Stack(folder / "state", port_base, durable=True, extra=UNLIMITED)
        spawned = multiprocessing.get_context("spawn")
        try:
            seconds = cold_start(lambda: stack.start(ConsoleProgress(console)))
            with ProcessPoolExecutor(1, mp_context=spawned) as pool:
                course = Course(world.settle(stack), folder, pool, console.print, only)
                course.note_start(seconds)
                course.run(rounds)
        finally:
            stack.stop()
            stack.paths.remove()
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "rounds": rounds,
        "rows": [row.kept() for row in course.rows.values() if row.rounds],
    }


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{system.system()} {system.release()}",
        "python": system.python_version(),
    }


def _processor() -> str:
    try:
        found = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        found = []
    return found[0].partition(":")[2].strip() if found else system.processor()


def commit() -> str:
    """What was measured."""

    def git(*arguments: str) -> str:
        asked = subprocess.run(["git", *arguments], cwd=clone_root(), capture_output=True, text=True, check=False)
        return asked.stdout.strip()

    # Figures of code that nobody else has are marked as such.
    return f"{git('rev-parse', '--short', 'HEAD')}{'+' if git('status', '--porcelain', '-uno') else ''}" or "none"


if __name__ == "__main__":
    main()
