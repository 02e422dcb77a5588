"""One stack per state folder: a lock the kernel takes back when its holder ends, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.problems import LauncherProblem


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock, or refuse with `already_running` and the number of the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LauncherProblem(
                "already_running",
                f"Regrade is already running from this folder (process {file.read().strip() or 'unknown'}).",
                "Use that one, or stop it with Ctrl-C first.",
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
