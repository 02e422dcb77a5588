"""Which REGRADE_* variables a program reads, found in the code that reads them."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "libs" / "chassis" / "src" / "chassis" / "settings.py"


def settings_of(program: str) -> Path:
    """The settings module of a program."""
    folder = ROOT if program in ("gateway", "sandbox") else ROOT / "services"
    return folder / program / "src" / program / "settings.py"


def needed_by(program: str) -> set[str]:
    """Names without REGRADE_ that the program refuses to start without."""
    files = [settings_of(program)] if program == "sandbox" else [SHARED, settings_of(program)]
    return {name for file in files if file.exists() for name, is_needed in _reads(file) if is_needed}


def read_by(program: str) -> set[str]:
    """Names without REGRADE_ that the program looks at, needed or not."""
    files = [settings_of(program)] if program == "sandbox" else [SHARED, settings_of(program)]
    return {name for file in files if file.exists() for name, _ in _reads(file)}


def _reads(file: Path) -> list[tuple[str, bool]]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and node.args:
            function = ast.unparse(node.func).split(".")[-1]
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    name = argument.value.removeprefix("REGRADE_")
                    is_variable = function in ("need", "_required") or argument.value.startswith("REGRADE_")
                    if is_variable and re.fullmatch(r"[A-Z][A-Z_]*", name):
                        found.append((name, function in ("need", "_required")))
    return found
