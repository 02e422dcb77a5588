"""Pages lead somewhere: every relative link and every file that is named exists."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pages import ROOT, pages, prose, rows

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Paths from the root, as pages name files of ours in backticks.
_FILE = re.compile(
    r"`((?:libs|services|gateway|sandbox|cli|deploy|docs|markets|bench)/[\w./-]+\.(?:py|md|toml|yaml|sh|lock))`"
)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    broken = []
    for target in _LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        is_there = there.exists() and there.is_relative_to(ROOT)
        if not is_there or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file_of_ours(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    assert [name for name in _FILE.findall(prose(page)) if not (ROOT / name).exists()] == []


def test_a_link_to_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n[there](missing.md) [web](https://example.com)\n")
    assert broken_links(page) == ["missing.md"]


def test_every_word_of_the_glossary_is_explained_once() -> None:
    words = [row[0].lower() for row in rows(ROOT / "docs" / "glossary.md")]
    assert len(words) > 80
    assert sorted(word for word in set(words) if words.count(word) > 1) == []


def test_every_decision_is_in_the_index_once_and_says_what_it_must() -> None:
    folder = ROOT / "docs" / "decisions"
    decisions = sorted(page.name for page in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    index = _LINK.findall((folder / "README.md").read_text())
    assert sorted(target for target in index if re.match(r"\d{4}-", target)) == decisions
    wanted = ["## Context", "## Decision", "## Consequences", "## Enforced by"]
    for name in decisions:
        text = (folder / name).read_text()
        assert [part for part in wanted if part not in text] == [], name


def test_every_test_that_a_page_names_exists() -> None:
    tests = [file for file in ROOT.rglob("test_*.py") if ".venv" not in file.parts]
    names = {name for file in tests for name in re.findall(r"def (test_\w+)", file.read_text())}
    named = {(page.name, name) for page in pages() for name in re.findall(r"`(test_\w+)`", prose(page))}
    named = {(page, name) for page, name in named if name.count("_") > 2}  # shorter ones are folders
    assert len(named) > 10
    assert sorted(name for _, name in named if name not in names) == []
