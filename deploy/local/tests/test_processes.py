"""Children: their death is explained, their end is certain, and none outlives its launcher."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from launcher.problems import LauncherProblem
from launcher.processes import Child, Program, start, wait_until
from launcher.testing import eventually

PYTHON = sys.executable
FOREVER = "import time\nwhile True: time.sleep(60)"


def program(folder: Path, source: str, **options: object) -> Program:
    return Program("thing", [PYTHON, "-c", source], folder / "thing.log", **options)  # type: ignore[arg-type]


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_early_death_is_told_with_the_last_words(tmp_path: Path) -> None:
    child = start(program(tmp_path, "import sys; print('first'); sys.exit('the cellar is flooded')"))
    with pytest.raises(LauncherProblem) as death:
        wait_until(lambda: False, child, seconds=60)
    assert death.value.code == "child_died"
    assert "thing ended with exit code 1" in death.value.message
    assert "the cellar is flooded" in death.value.message
    assert str(tmp_path / "thing.log") in death.value.what_to_do


def test_last_words_are_those_of_this_life_only(tmp_path: Path) -> None:
    for word in ("earlier", "later"):
        child = start(program(tmp_path, f"print('{word}')"))
        child.process.wait(60)
    assert child.last_words() == "    later"


def test_full_disk_is_named(tmp_path: Path) -> None:
    child = start(program(tmp_path, "import sys; sys.exit('write failed: No space left on device')"))
    child.process.wait(60)
    assert child.death().code == "disk_full"


def test_child_that_never_gets_ready_is_told(tmp_path: Path) -> None:
    child = start(program(tmp_path, FOREVER))
    try:
        with pytest.raises(LauncherProblem) as late:
            wait_until(lambda: False, child, seconds=0.2)
        assert late.value.code == "child_not_ready"
    finally:
        child.kill()


def test_missing_program_dies_with_a_reason(tmp_path: Path) -> None:
    child = start(Program("thing", [str(tmp_path / "nowhere")], tmp_path / "log"))
    with pytest.raises(LauncherProblem, match="No such file"):
        wait_until(lambda: False, child, seconds=60)


def test_child_deaf_to_the_polite_signal_is_killed(tmp_path: Path) -> None:
    source = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\n{FOREVER}"
    child = start(program(tmp_path, source, grace_seconds=0.2))
    wait_until(lambda: "deaf" in child.last_words(), child, seconds=60)
    child.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_kill_takes_helpers_in_sessions_of_their_own(tmp_path: Path) -> None:
    helper = f"subprocess.Popen([sys.executable, '-c', {FOREVER!r}], start_new_session=True)"
    child = start(program(tmp_path, f"import subprocess, sys; print({helper}.pid, flush=True)\n{FOREVER}"))
    wait_until(lambda: child.last_words() != "", child, seconds=60)
    pid = int(child.last_words())
    child.kill()
    eventually(lambda: gone(pid))


def test_child_outlives_the_thread_that_asked_for_it(tmp_path: Path) -> None:
    born: list[Child] = []
    thread = threading.Thread(
        target=lambda: born.append(start(program(tmp_path, f"print('up', flush=True)\n{FOREVER}")))
    )
    thread.start()
    thread.join()
    try:
        # It speaks only after its tether has asked for the orphan signal, so a signal sent at the thread's end would hit.
        wait_until(lambda: "up" in born[0].last_words(), born[0], seconds=60)
        assert born[0].is_running()
    finally:
        born[0].kill()


@pytest.mark.skipif(sys.platform != "linux", reason="The kernel's orphan signal is Linux's own.")
def test_no_child_is_left_when_the_launcher_is_killed(tmp_path: Path) -> None:
    launcher = subprocess.Popen(
        [
            PYTHON,
            "-c",
            textwrap.dedent(f"""
                import pathlib, time
                from launcher.processes import Program, start
                child = start(Program("thing", [{PYTHON!r}, "-c", {FOREVER!r}], pathlib.Path({str(tmp_path)!r}, "log")))
                print(child.pid, flush=True)
                time.sleep(600)
            """),
        ],
        stdout=subprocess.PIPE,
    )
    with launcher:
        assert launcher.stdout is not None
        pid = int(launcher.stdout.readline())
        eventually(lambda: "time.sleep" in " ".join(cmdline(pid)[:3]) and "tether" not in " ".join(cmdline(pid)))
        launcher.kill()
    eventually(lambda: gone(pid))


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can become another user.")
def test_root_gives_up_its_rights_for_a_child(tmp_path: Path) -> None:
    child = start(Program("thing", ["/usr/bin/id"], tmp_path / "log", user="nobody", folder=Path("/")))
    child.process.wait(60)
    assert "(nobody)" in child.last_words()
    assert "(root)" not in child.last_words()


def cmdline(pid: int) -> list[str]:
    read: Callable[[], list[str]] = psutil.Process(pid).cmdline
    return read()
