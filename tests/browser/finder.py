"""A browser to look with: the one that is named, one of the system, the driver's own, or one that can be fetched."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome", "microsoft-edge")
# A browser is some 150 MB.
_FETCH_SECONDS = 600

Run = Callable[[Sequence[str]], bool]
Which = Callable[[str], str | None]


class NoBrowser(Exception):
    """None is here and none could be fetched; the message says what was tried."""


def find_browser(
    environment: Mapping[str, str] = os.environ,
    which: Which = shutil.which,
    drivers_own: Callable[[], Path] | None = None,
    run: Run | None = None,
    is_root: bool | None = None,
) -> Path:
    """The browser's program. Fetches one where there is none: the driver's own, else, as root, the distribution's."""
    run = run or _succeeds
    if named := environment.get("REGRADE_BROWSER"):
        if not Path(named).exists():
            raise NoBrowser(f"REGRADE_BROWSER is {named}, and there is nothing")
        return Path(named)
    if found := _of_the_system(which):
        return found
    own = (drivers_own or _drivers_own)()
    if own.exists() or (run(["playwright", "install", "chromium"]) and own.exists()):
        return own
    root = os.geteuid() == 0 if is_root is None else is_root
    if root and which("apt-get"):
        run(["apt-get", "update"])
        run(["apt-get", "install", "--yes", "--no-install-recommends", "chromium"])
        if found := _of_the_system(which):
            return found
    raise NoBrowser(
        "There is no Chromium or Chrome on this machine, and none could be fetched. Install one, or name one by REGRADE_BROWSER."
    )


def _of_the_system(which: Which) -> Path | None:
    return next((Path(found) for name in NAMES if (found := which(name))), None)


def _drivers_own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _succeeds(command: Sequence[str]) -> bool:
    program = shutil.which(command[0]) or str(Path(sys.executable).with_name(command[0]))
    try:
        return (
            subprocess.run([program, *command[1:]], capture_output=True, timeout=_FETCH_SECONDS, check=False).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
