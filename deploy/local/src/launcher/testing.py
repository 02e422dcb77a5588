"""Real servers for tests, started on first use, shared by all workers of one pytest run, gone when it ends.

    url = postgres_server()       # "postgresql://postgres@127.0.0.1:23117/postgres", the administrator, no password
    bootstrap = kafka_server()    # "127.0.0.1:24310"

Both are for the whole run: make your own database and your own topics, with names nobody else uses.
"""

import fcntl
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from launcher import keeper
from launcher.problems import LauncherProblem

_START_SECONDS = {"postgres": 180, "kafka": 300}


@functools.cache
def postgres_server() -> str:
    """URL of the administrator of a PostgreSQL 18 without fsync. The first call of a run takes about 2 s."""
    return _shared("postgres")


@functools.cache
def kafka_server() -> str:
    """host:port of a one-node Kafka. The first call of a run takes about 5 s, and a download on a new machine."""
    return _shared("kafka")


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Return as soon as the condition holds; an assertion fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it did not come true within {seconds} seconds"
        time.sleep(0.02)


def _shared(kind: str) -> str:
    runs = Path(tempfile.gettempdir(), f"regrade-tests-{os.geteuid()}")
    runs.mkdir(mode=0o711, exist_ok=True)
    if runs.is_symlink() or runs.stat().st_uid != os.geteuid():
        raise LauncherProblem("test_folder_not_ours", f"{runs} belongs to another user.", "Remove it.")
    with (runs / f"{kind}.gate").open("w") as gate:
        # One worker at a time: the first starts the server, the others find it.
        fcntl.flock(gate, fcntl.LOCK_EX)
        return _join(kind, runs / f"{_run_id()}-{kind}")


def _join(kind: str, folder: Path) -> str:
    answer = folder / keeper.ANSWER
    users = _register(folder)
    # Held open until this process ends: the open file is the claim.
    _claims.append(users)
    if not answer.exists():
        command = [sys.executable, "-m", "launcher.keeper", kind, str(folder)]
        kept = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        _claims.append(kept)
        deadline = time.monotonic() + _START_SECONDS[kind]
        while not answer.exists():
            if kept.poll() is not None or time.monotonic() > deadline:
                raise LauncherProblem("test_server_not_ready", f"The {kind} for tests did not start, see {folder}/log.")
            time.sleep(0.02)
    told: dict[str, str] = json.loads(answer.read_text())
    if "problem" in told:
        raise LauncherProblem("test_server_failed", told["problem"])
    return told["url"]


# Open files and processes that must live as long as this process.
_claims: list[object] = []


def _register(folder: Path) -> IO[str]:
    """Claim the folder; when its keeper is just closing (no user was left), wait for a fresh one."""
    while True:
        folder.mkdir(mode=0o755, exist_ok=True)
        try:
            users = (folder / keeper.USERS).open("w")
        except FileNotFoundError:
            continue
        fcntl.flock(users, fcntl.LOCK_SH)
        if _is_current(users, folder):
            return users
        users.close()


def _is_current(users: IO[str], folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(users.fileno()), (folder / keeper.USERS).stat())
    except FileNotFoundError:
        return False


def _run_id() -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process-{os.getpid()}-{time.time_ns()}"
