"""Entry of the `regrade` command: runs it and turns a refusal into a sentence and exit code 1."""

import errno
import sys
from pathlib import Path

from rich.console import Console

from launcher.problems import LauncherProblem
from launcher.processes import disk_full
from regrade.app import make_app


def main() -> None:
    try:
        make_app()()
    except LauncherProblem as problem:
        _refuse(problem)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _refuse(disk_full(Path(error.filename or ".").parent))


def _refuse(problem: LauncherProblem) -> None:
    console = Console(stderr=True, soft_wrap=True)
    console.print(problem.message, style="red", markup=False, highlight=False)
    if problem.what_to_do:
        console.print(problem.what_to_do, markup=False, highlight=False)
    sys.exit(1)


if __name__ == "__main__":
    main()
