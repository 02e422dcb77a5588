"""A private copy of the shipped `markets/` folder that a test may spoil."""

import shutil
from pathlib import Path

SHIPPED = Path(__file__).parents[4] / "markets"


def a_copy(folder: Path) -> Path:
    """The shipped files under `folder`."""
    return Path(shutil.copytree(SHIPPED, folder / "markets"))


def replace(file: Path, old: str, new: str) -> None:
    """Change a file; the text to be replaced must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
