"""The least a web application costs here: two uvicorn processes on one port, so that both cores can be used.

Each of our services is one process, so a share of these limits is also a share of what a second copy would add.
"""

import http.client
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.generator import Job, Request
from launcher.paths import clone_root
from launcher.ports import LOOPBACK
from launcher.processes import Program, start, wait_until

_START_SECONDS = 30
_PROCESSES = 2
# Rows of the order transaction's table.
_ROWS = 1_000


@contextmanager
def served(application: str, port: int, dsn: str, folder: Path) -> Iterator[str]:
    """Serves `bench.floor:<application>` as long as the block runs; gives its address."""
    program = Program(
        name=application,
        command=[
            *(sys.executable, "-m", "uvicorn", f"bench.floor:{application}", "--port", str(port)),
            *(
                "--host",
                LOOPBACK,
                "--loop",
                "uvloop",
                "--http",
                "httptools",
                "--workers",
                str(_PROCESSES),
                "--no-access-log",
                "--log-level",
                "warning",
            ),
        ],
        log=folder / f"{application}.log",
        environment={"BENCH_DSN": dsn, "PATH": ""},
        folder=clone_root(),
    )
    child = start(program)
    try:
        wait_until(lambda: _answers(port), child, _START_SECONDS)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        child.stop()


def answers(url: str, seconds: float) -> Job:
    """A constant JSON answer, 16 connections."""
    return Job(url, [Request("GET", "/rows/1", "-")], 16, seconds)


def reads(url: str, seconds: float) -> Job:
    """One row by its primary key, 16 connections."""
    return Job(url, [Request("GET", f"/rows/{n}", "-") for n in range(1, _ROWS)], 16, seconds)


def writes(url: str, seconds: float) -> Job:
    """One row changed and committed, 16 connections."""
    return Job(url, [Request("PATCH", f"/rows/{n}", "-") for n in range(1, _ROWS)], 16, seconds)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/rows/1")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
