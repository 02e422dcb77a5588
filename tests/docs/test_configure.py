"""The page about configuration names exactly the variables that the code reads, and says truly which are needed."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "deploy"))

from pages import ROOT, rows
from variables import SHARED, needed_by, read_by

PAGE = ROOT / "docs" / "how-to" / "configure.md"
SHARED_ROWS = rows(PAGE, "Every program")


def names(cells: list[list[str]]) -> set[str]:
    return {match[1] for row in cells if (match := re.fullmatch(r"`REGRADE_([A-Z_]+)`", row[0]))}


def needed(cells: list[list[str]]) -> set[str]:
    return names([row for row in cells if row[2].startswith("refuses to start") and "in sandbox mode" not in row[2]])


@pytest.mark.parametrize("program", ["accounts", "catalog", "orders", "payments", "aftersales", "gateway"])
def test_page_and_settings_agree(program: str) -> None:
    text = PAGE.read_text()
    own = rows(PAGE, program) if f"\n## {program}\n" in text else []
    # A test's switch is read by the chassis itself, not by the settings.
    assert names(SHARED_ROWS) - {"FAILPOINTS"} | names(own) == read_by(program)
    # In sandbox mode only: the page says so in words.
    by_mode = {"SANDBOX_URL"} if program == "gateway" else set()
    assert needed(SHARED_ROWS) | needed(own) == needed_by(program) - by_mode


def test_the_sandbox_reads_nothing_that_the_page_does_not_name() -> None:
    named = set(re.findall(r"REGRADE_([A-Z_]+)", PAGE.read_text()))
    assert read_by("sandbox") - named == set()


def test_no_variable_is_read_behind_the_back_of_the_page() -> None:
    folders = ["libs", "services", "gateway", "sandbox", "cli", "deploy/local"]
    ours = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    sources = [file for file in ours if "/src/" in str(file) and "/tests/" not in str(file)]
    assert SHARED in sources
    read = {name for file in sources for name in re.findall(r"\bREGRADE_([A-Z_]+)\b", file.read_text())}
    assert read - set(re.findall(r"REGRADE_([A-Z_]+)", PAGE.read_text())) == set()
