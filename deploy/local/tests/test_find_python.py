"""The Python probe of the Makefile: candidates are run, not believed."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "find-python.sh"
BROKEN_SHIM = "#!/bin/sh\necho 'pyenv: cannot find a version' >&2\nexit 127\n"
# Answers the probe's own question as an old Python would: with exit code 1.
TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # The absolute last resort would find this machine's Python, whatever the PATH says.
    probe = SCRIPT.read_text().replace("/usr/bin/python3", str(tmp_path / "usr-bin-python3"))
    (tmp_path / "find-python.sh").write_text(probe)
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def probe(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(folder / "find-python.sh")]
    variables = {"PATH": str(folder), **environment}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def good() -> str:
    return f'#!/bin/sh\nexec {sys.executable} "$@"\n'


def test_broken_shim_and_old_python_are_passed_over(folder: Path) -> None:
    install(folder, "python3.13", BROKEN_SHIM)
    install(folder, "python3.12", TOO_OLD)
    install(folder, "python3", good())
    found = probe(folder)
    assert found.returncode == 0
    assert found.stdout.strip() == sys.executable


def test_newest_name_wins(folder: Path) -> None:
    install(folder, "python3.13", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    install(folder, "python3", BROKEN_SHIM)
    assert probe(folder).stdout.strip() == sys.executable


def test_named_python_comes_first(folder: Path) -> None:
    install(folder, "python3.13", "#!/bin/sh\necho the wrong one\n")
    install(folder, "mine", good())
    assert probe(folder, PYTHON=str(folder / "mine")).stdout.strip() == sys.executable


def test_last_resort_is_the_systems_own_path(folder: Path) -> None:
    install(folder, "usr-bin-python3", good())
    assert probe(folder).stdout.strip() == sys.executable


def test_no_usable_python_is_a_sentence(folder: Path) -> None:
    install(folder, "python3", TOO_OLD)
    found = probe(folder)
    assert found.returncode == 1
    assert "Python 3.11 or newer with the venv module" in found.stderr
    assert "apt-get install python3 python3-venv" in found.stderr
