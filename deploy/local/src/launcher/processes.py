"""Children of the launcher: started with a log file, watched, killed and stopped, and never left behind."""

import contextlib
import errno
import functools
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from launcher.problems import LauncherProblem

_TETHER = Path(__file__).with_name("tether.py")
_LOG_LINES_SHOWN = 12


@dataclass(frozen=True)
class Program:
    """How to start a child and how to end it.

    `user` is whom to become (only root may). `orphan_signal` is what the kernel sends when the launcher itself
    dies, however it dies. `grace_seconds` is how long `stop` waits after `stop_signal` before it kills.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    grace_seconds: float = 10.0


@dataclass
class Child:
    """A started program. Its output goes to `program.log`, which is appended to over restarts."""

    program: Program
    process: subprocess.Popen[bytes]
    log_start: int

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to the child and all it started, as a power cut would."""
        # PostgreSQL's helpers lead sessions of their own, so the group does not reach them.
        helpers = self._helpers()
        self._signal_group(signal.SIGKILL)
        for helper in helpers:
            with contextlib.suppress(psutil.NoSuchProcess):
                helper.kill()
        psutil.wait_procs(helpers, timeout=10)
        self.process.wait()

    def stop(self) -> None:
        """Ask, wait `grace_seconds`, then kill. Stopping twice is harmless."""
        if self.is_running():
            # Only the child itself: PostgreSQL and Kafka end their own helpers in their own order.
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.program.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.program.grace_seconds)
        self._signal_group(signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        """The last lines this child wrote in this life, indented, for a message about its death."""
        try:
            with self.program.log.open("rb") as log:
                log.seek(self.log_start)
                lines = log.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in lines[-_LOG_LINES_SHOWN:])

    def death(self) -> LauncherProblem:
        """What to tell about a child that ended by itself. A full disk is named, since logs rarely say it first."""
        words = self.last_words()
        if "No space left on device" in words:
            return disk_full(self.program.log.parent)
        code = self.process.poll()
        how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        return LauncherProblem(
            "child_died",
            f"{self.program.name} {how}. Its last lines:\n{words or '    (it wrote nothing)'}\n",
            f"The whole log is {self.program.log}.",
        )

    def _helpers(self) -> list[psutil.Process]:
        try:
            return list(psutil.Process(self.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []

    def _signal_group(self, number: signal.Signals) -> None:
        # The child leads its own group (start_new_session), so the group's number is the child's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def start(program: Program) -> Child:
    """Start the program behind the tether; it is not ready yet (see `wait_until`)."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with program.log.open("ab") as log:
            log_start = log.tell()
            process = _spawner().spawn(program, log.fileno())
    except OSError as error:
        raise _os_problem(program, error) from error
    return Child(program, process, log_start)


def wait_until(ready: Callable[[], bool], child: Child, seconds: float, every: float = 0.05) -> None:
    """Poll `ready` until it holds. Raises when the child dies first or the deadline passes."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.is_running():
            raise child.death()
        if time.monotonic() > deadline:
            raise LauncherProblem(
                "child_not_ready",
                f"{child.program.name} was not ready after {seconds:.0f} seconds. "
                f"Its last lines:\n{child.last_words()}\n",
                f"The whole log is {child.program.log}.",
            )
        time.sleep(every)


def disk_full(folder: Path) -> LauncherProblem:
    return LauncherProblem(
        "disk_full", f"The disk that holds {folder} is full.", "Free some space (about 1 GB is enough) and start again."
    )


def _os_problem(program: Program, error: OSError) -> LauncherProblem:
    if error.errno == errno.ENOSPC:
        return disk_full(program.log.parent)
    return LauncherProblem("child_not_startable", f"{program.name} could not be started: {error}.")


def _popen(program: Program, log: int) -> subprocess.Popen[bytes]:
    tether = [sys.executable, "-I", "-S", str(_TETHER)]
    bond = [str(int(program.orphan_signal)), str(os.getpid()), program.user or "-"]
    return subprocess.Popen(  # noqa: S603
        [*tether, *bond, *program.command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=None if program.environment is None else dict(program.environment),
        cwd=program.folder,
        start_new_session=True,
    )


class _Spawner:
    """Starts all children from one thread that lives as long as the process.

    The kernel ties the orphan signal to the *thread* that forked, so a child started from a short-lived worker
    thread would be killed when that thread ends.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Program, int, Future[subprocess.Popen[bytes]]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="spawner", daemon=True).start()

    def spawn(self, program: Program, log: int) -> subprocess.Popen[bytes]:
        answer: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((program, log, answer))
        return answer.result()

    def _work(self) -> None:
        while True:
            program, log, answer = self._jobs.get()
            try:
                answer.set_result(_popen(program, log))
            except OSError as error:
                answer.set_exception(error)


@functools.cache
def _spawner() -> _Spawner:
    return _Spawner()
