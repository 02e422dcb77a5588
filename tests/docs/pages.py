"""Finds the pages of the repository and takes tables out of them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_OURS = {".venv", ".git", ".regrade", "node_modules", ".pytest_cache", ".mypy_cache"}


def pages() -> list[Path]:
    """All Markdown files of ours."""
    return sorted(page for page in ROOT.rglob("*.md") if not _NOT_OURS & set(page.relative_to(ROOT).parts))


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def rows(page: Path, heading: str = "") -> list[list[str]]:
    """The cells of all tables below a heading (of the whole page without one), header rows left out."""
    text = prose(page)
    if heading:
        text = re.split(r"^## ", text.split(f"## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = text.splitlines()
    found = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        is_rule = re.fullmatch(r"\|[-| :]+\|", line)
        is_header = re.fullmatch(r"\|[-| :]+\|", following)
        if line.startswith("|") and not is_rule and not is_header:
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found
