"""Prints the workspace folders that one program is made of: its own, and those of the libraries it depends on."""

import sys
import tomllib
from pathlib import Path

PREFIX = "regrade-"
ROOT = Path(__file__).resolve().parents[2]


def members_of(program: str, root: Path = ROOT) -> list[str]:
    """Folders relative to the root, such as `services/orders`, `libs/chassis`; exits with a sentence for an unknown name."""
    known = {
        tomllib.loads(file.read_text())["project"]["name"]: file.parent
        for pattern in ("libs/*/pyproject.toml", "services/*/pyproject.toml", "*/pyproject.toml")
        for file in sorted(root.glob(pattern))
    }
    found: list[str] = []
    wanted = [PREFIX + program]
    while wanted:
        name = wanted.pop(0)
        if name not in known:
            sys.exit(f"There is no program or library called {name.removeprefix(PREFIX)}.")
        folder = known[name].relative_to(root).as_posix()
        if folder not in found:
            found.append(folder)
            wanted += [need for need in dependencies_of(known[name]) if need.startswith(PREFIX)]
    return found


def dependencies_of(member: Path) -> list[str]:
    """The dependencies a member declares."""
    declared: list[str] = tomllib.loads((member / "pyproject.toml").read_text())["project"].get("dependencies", [])
    return declared


if __name__ == "__main__":
    for folder in members_of(sys.argv[1]):
        sys.stdout.write(f"./{folder}\n")
