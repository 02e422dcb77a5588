"""Reads the tree for the architecture tests: which modules there are, and what they import and call."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales")


@dataclass(frozen=True)
class Module:
    """A source file of ours, parsed."""

    path: Path
    tree: ast.Module

    @property
    def where(self) -> str:
        return str(self.path.relative_to(ROOT))

    def imports(self) -> Iterator[str]:
        """The dotted names of all modules it imports, inner imports included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module

    def calls(self) -> Iterator[tuple[str, int]]:
        """Every call as dotted text with its line: `datetime.now`, `uow.commit`, `float`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno


def modules_in(*folders: Path) -> list[Module]:
    """All modules below the folders."""
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return [Module(path, ast.parse(path.read_text())) for path in paths]


def source_of(service: str) -> Path:
    """The source folder of a service, or of the gateway."""
    base = ROOT if service == "gateway" else ROOT / "services"
    return base / service / "src" / service


def sources() -> list[Path]:
    """The source folders of everything we ship."""
    members = [
        *(ROOT / "libs").iterdir(),
        *(ROOT / "services").iterdir(),
        ROOT / "gateway",
        ROOT / "sandbox",
        ROOT / "cli",
    ]
    return [member / "src" for member in members if (member / "src").is_dir()] + [ROOT / "deploy" / "local" / "src"]
