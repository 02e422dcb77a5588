"""Real servers for tests, started on first use, shared by all workers of one pytest run, gone when it ends.

    url = postgres_server()       # "postgresql://postgres@127.0.0.1:23117/postgres", the administrator, no password
    bootstrap = kafka_server()    # "127.0.0.1:24310"

Both are for the whole run: make your own database and your own topics, with names nobody else uses.
"""

import fcntl
import functools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
    # The open file is the claim: a plain descriptor, open until this process ends.
    _register(folder)
    if not answer.exists():
        # Outlives us where others still use it, so it is no child to be waited for at our end.
        keeper_id = os.posix_spawn(
            sys.executable,
            [sys.executable, "-m", "launcher.keeper", kind, str(folder)],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
        )
        deadline = time.monotonic() + _START_SECONDS[kind]
        while not answer.exists():
            if os.waitpid(keeper_id, os.WNOHANG) != (0, 0) or time.monotonic() > deadline:
                raise LauncherProblem("test_server_not_ready", f"The {kind} for tests did not start, see {folder}/log.")
            time.sleep(0.02)
    told: dict[str, str] = json.loads(answer.read_text())
    if "problem" in told:
        raise LauncherProblem("test_server_failed", told["problem"])
    return told["url"]


def _register(folder: Path) -> int:
    """Claim the folder; when its keeper is just closing (no user was left), wait for a fresh one."""
    while True:
        folder.mkdir(mode=0o755, exist_ok=True)
        try:
            users = os.open(folder / keeper.USERS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:
            continue
        fcntl.flock(users, fcntl.LOCK_SH)
        if _is_current(users, folder):
            return users
        os.close(users)


def _is_current(users: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(users), (folder / keeper.USERS).stat())
    except FileNotFoundError:
        return False


def _run_id() -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process-{os.getpid()}-{time.time_ns()}"
