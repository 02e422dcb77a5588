"""Which browser the tests take, and what they do where there is none."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.browser.finder import NoBrowser, find_browser


class Machine:
    """A machine with these programs; what is run may install more."""

    def __init__(self, tmp_path: Path, *programs: str, network: bool = False) -> None:
        self.programs = set(programs)
        self.network = network
        self.own = tmp_path / "drivers-own"
        self.ran: list[str] = []

    def which(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.programs else None

    def run(self, command: Sequence[str]) -> bool:
        self.ran.append(" ".join(command[:2]))
        if not self.network:
            return False
        if command[0] == "playwright":
            self.own.touch()
        if "chromium" in command and command[0] == "apt-get":
            self.programs.add("chromium")
        return True

    def find(self, *, root: bool = False, **environment: str) -> Path:
        return find_browser(environment, self.which, lambda: self.own, self.run, root)


def test_the_one_that_is_named_wins(tmp_path: Path) -> None:
    named = tmp_path / "mine"
    named.touch()
    machine = Machine(tmp_path, "chromium")
    assert machine.find(REGRADE_BROWSER=str(named)) == named
    with pytest.raises(NoBrowser, match="there is nothing"):
        machine.find(REGRADE_BROWSER=str(tmp_path / "other"))


def test_the_systems_is_taken_and_nothing_is_fetched(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "google-chrome", network=True)
    assert machine.find() == Path("/usr/bin/google-chrome")
    assert machine.ran == []


def test_the_drivers_own_is_fetched_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, network=True)
    assert machine.find() == machine.find() == machine.own
    assert machine.ran == ["playwright install"]


def test_the_distributions_is_installed_by_root_only(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "apt-get")
    machine.run = lambda command: command[0] == "apt-get" and Machine.run(machine, command)  # type: ignore[method-assign]
    machine.network = True
    with pytest.raises(NoBrowser):
        machine.find()
    assert machine.find(root=True) == Path("/usr/bin/chromium")


def test_without_any_the_reader_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoBrowser, match="REGRADE_BROWSER"):
        Machine(tmp_path).find(root=True)
