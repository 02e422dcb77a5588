"""One stack per folder: the second start is refused, and a killed holder does not lock its successor out."""

import subprocess
import sys
from pathlib import Path

import pytest

from launcher.lock import only_one
from launcher.problems import LauncherProblem

HOLD = """
import pathlib, sys, time
from launcher.lock import only_one
with only_one(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_second_start_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LauncherProblem) as refusal, only_one(path):
            pass
        assert refusal.value.code == "already_running"
        assert f"process {holder.pid}" in refusal.value.message
        holder.kill()
    with only_one(path):
        assert path.exists()
