"""What the platform's processes spend: CPU time and memory, by name; PostgreSQL's also by database."""

import time
from collections import Counter
from collections.abc import Mapping

import psutil  # type: ignore[import-untyped]

from launcher.stack import Stack

NAMES = ("gateway", "accounts", "catalog", "orders", "payments", "aftersales", "sandbox", "kafka", "postgres")
_QUIET_CORES = 0.15
# Background work that goes on for longer than this is measured with whatever comes next.
_QUIET_SECONDS_MAX = 10.0


class Meter:
    """Reads the counters of a running stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def cpu_seconds(self) -> Counter[str]:
        """Spent since the start, by process: `orders`, `orders/papers`, …, and `postgres/<database>` for its backends."""
        spent: Counter[str] = Counter()
        for name in NAMES:
            for one in self._family(name):
                try:
                    title = _database(one) if name == "postgres" else _part(name, one)
                    spent[title] += sum(one.cpu_times()[:2])
                except psutil.NoSuchProcess:
                    continue
        return spent

    def memory_mib(self) -> dict[str, float]:
        """Resident memory by process; PostgreSQL's shared pages are counted once (proportional set size)."""
        found = {}
        for name in NAMES:
            total = 0
            for one in self._family(name):
                try:
                    total += one.memory_full_info().pss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            found[name] = total / 2**20
        return found

    def wait_until_quiet(self) -> float:
        """Wait until the work behind the answers is done; gives the seconds it took."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < _QUIET_SECONDS_MAX:
            before = self.cpu_seconds().total()
            time.sleep(0.5)
            if (self.cpu_seconds().total() - before) / 0.5 < _QUIET_CORES:
                return waited
        return waited

    def _family(self, name: str) -> list[psutil.Process]:
        try:
            process = psutil.Process(self._stack.child(name).pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def ms_each(before: Mapping[str, float], after: Mapping[str, float], operations: int) -> dict[str, float]:
    """CPU-ms an operation by process, the ones that did nothing left out."""
    spent = {name: (after[name] - before.get(name, 0.0)) * 1000 / max(1, operations) for name in after}
    return {name: round(ms, 3) for name, ms in sorted(spent.items()) if ms > 0}


def _part(name: str, process: psutil.Process) -> str:
    """Papers are made beside the service, by a child that gives way to everybody else."""
    return f"{name}/papers" if process.nice() > 0 else name


def _database(backend: psutil.Process) -> str:
    """A backend calls itself `postgres: orders orders 127.0.0.1(5432) idle`; the server's helpers have no address."""
    words = " ".join(backend.cmdline()).split()
    has_client = len(words) > 3 and "(" in words[3]
    return f"postgres/{words[2]}" if has_client else "postgres"
