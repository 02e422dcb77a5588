"""`regrade audit` as a script sees it: what could not be told is never taken for clean, nor for broken."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.tests.audit_world import EVENTS, facts_of
from launcher.environment import load_secrets
from launcher.ports import free_port_base
from regrade.app import make_app
from regrade.audit.facts import Facts
from regrade.commands import audit as command


def run(*options: str) -> Result:
    return CliRunner().invoke(make_app(), ["audit", *options])


def read_as(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, facts: Facts | Exception) -> None:
    """The command reads these facts, or fails so, wherever it looks."""

    async def gather(*_: Any) -> Facts:
        if isinstance(facts, Exception):
            raise facts
        return facts

    load_secrets(tmp_path / "secrets.json")
    monkeypatch.setattr(command, "gather", gather)


def test_a_folder_without_a_platform_is_refused(tmp_path: Path) -> None:
    done = run("--state", str(tmp_path / "nowhere"))
    assert done.exit_code == 2
    assert "has no platform" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_platform_that_does_not_run_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_secrets(tmp_path / "secrets.json")
    monkeypatch.setenv("REGRADE_PORT_BASE", str(free_port_base()))
    for side in ("--no-outside", "--no-inside"):
        done = run("--state", str(tmp_path), "--wait", "0", side)
        assert done.exit_code == 2
        assert "could not be read" in done.stderr


def test_looking_at_neither_side_proves_nothing(tmp_path: Path) -> None:
    assert run("--state", str(tmp_path), "--no-outside", "--no-inside").exit_code == 2


def test_a_contract_without_an_auditor_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"gateway": "http://127.0.0.1:1", "kafka": "127.0.0.1:2"}')
    done = run("--contract", str(tmp_path / "demo.json"))
    assert done.exit_code == 2
    assert "does not tell 'auditor'" in done.stderr


def test_a_mistake_of_the_audit_is_not_a_broken_law(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_as(monkeypatch, tmp_path, KeyError("lines"))
    done = run("--state", str(tmp_path))
    assert done.exit_code == 2
    assert "nothing is proven" in done.stderr


@pytest.mark.parametrize(
    ("facts", "code", "said"),
    [
        (facts_of(), 0, "Clean: 31 ok."),
        (facts_of(EVENTS[1:]), 1, "Some laws are broken"),
        (facts_of(unrest="not quiet after 60 s"), 2, "Not everything could be told"),
    ],
)
def test_the_exit_code_and_the_last_line_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: Facts, code: int, said: str
) -> None:
    read_as(monkeypatch, tmp_path, facts)
    done = run("--state", str(tmp_path))
    assert done.exit_code == code
    assert said in done.stdout.splitlines()[-1]
