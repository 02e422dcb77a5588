"""`regrade up` and `regrade reset` as a person meets them, with stand-ins for the services."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from launcher.lock import only_one
from launcher.paths import StatePaths
from launcher.ports import free_port_base, is_free
from launcher.testing import eventually

STAND_IN = """
import http.server, os
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["REGRADE_PORT"])), Door).serve_forever()
"""
# The real command, only in another folder and with one stand-in instead of our seven processes.
COMMAND = f"""
import functools, pathlib, sys
from launcher.stack import App, Stack
from regrade import __main__
from regrade.commands import reset, up
up.clone_root = reset.clone_root = lambda: pathlib.Path.cwd()
up.Stack = functools.partial(Stack, apps=[App("gateway", ["-c", {STAND_IN!r}])])
__main__.main()
"""


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    StatePaths(root=tmp_path, state=tmp_path / ".regrade").remove()


def regrade(clone: Path, *arguments: str, base: int = 8080) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=clone,
        env={"PATH": "/usr/bin:/bin", "REGRADE_PORT_BASE": str(base)} | _home(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _home() -> dict[str, str]:
    # Where the jars are cached; without it each run would download them.
    return {"HOME": str(Path.home())}


def test_reset_of_an_untouched_clone_says_so(clone: Path) -> None:
    output, _ = regrade(clone, "reset").communicate(timeout=300)
    assert output == "There is nothing to remove.\n"


def test_reset_removes_all_state(clone: Path) -> None:
    (clone / ".regrade" / "kafka").mkdir(parents=True)
    (clone / ".regrade" / "kafka" / "log").touch()
    output, _ = regrade(clone, "reset").communicate(timeout=300)
    assert output == f"Removed {clone / '.regrade'}\n"
    assert not (clone / ".regrade").exists()


@pytest.mark.parametrize("command", ["up", "reset"])
def test_second_command_in_a_running_clone_is_refused(clone: Path, command: str) -> None:
    with only_one(clone / ".regrade" / "lock"):
        process = regrade(clone, command)
        _, refusal = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "Regrade is already running from this folder" in refusal
    assert "Traceback" not in refusal


def test_taken_port_is_a_sentence_and_exit_code_1(clone: Path) -> None:
    process = regrade(clone, "up", base=80)
    _, refusal = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "REGRADE_PORT_BASE is 80" in refusal
    assert "Traceback" not in refusal


@pytest.mark.kafka
def test_up_stays_until_told_to_stop_and_finds_its_secrets_again(clone: Path) -> None:
    base = free_port_base()
    contracts = [_run_until(clone, base, signal.SIGTERM), _run_until(clone, base, signal.SIGINT)]
    assert contracts[0] == contracts[1]
    assert contracts[0]["gateway"] == f"http://127.0.0.1:{base}"
    assert contracts[0]["kafka"] == f"127.0.0.1:{base + 8}"
    assert contracts[0]["buyers"] == []
    assert contracts[0]["operator"]["email"] == "operator@regrade.example"


@pytest.mark.kafka
def test_killed_launcher_leaves_nothing_running(clone: Path) -> None:
    base = free_port_base()
    _run_until(clone, base, signal.SIGKILL)


def _run_until(clone: Path, base: int, end: signal.Signals) -> dict[str, Any]:
    demo = clone / ".regrade" / "demo.json"
    with regrade(clone, "up", "--no-demo", base=base) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Regrade is running" in line:
                break
        contract: dict[str, Any] = json.loads(demo.read_text())
        children = psutil.Process(process.pid).children(recursive=True)
        # PostgreSQL with its helpers, Kafka and the stand-in.
        assert len(children) > 3
        process.send_signal(end)
        process.communicate(timeout=300)
    eventually(lambda: not any(child.is_running() for child in children))
    assert all(is_free(base + offset) for offset in range(11))
    return contract
