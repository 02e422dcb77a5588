"""Watches a running stack: a part that dies is named with its last words and started again, three times at most."""

import threading
from collections import Counter
from collections.abc import Callable

from launcher.problems import LauncherProblem
from launcher.stack import Stack

RESTARTS_MAX = 3
_LOOK_EVERY_SECONDS = 0.5


def watch(stack: Stack, tell: Callable[[str], None], stopped: threading.Event) -> None:
    """Look until `stopped` is set. Raises `keeps_dying` when a part dies once more than it may be restarted."""
    deaths: Counter[str] = Counter()
    while not stopped.wait(_LOOK_EVERY_SECONDS):
        for name in stack.dead():
            _bring_back(stack, name, deaths, tell)


def _bring_back(stack: Stack, name: str, deaths: Counter[str], tell: Callable[[str], None]) -> None:
    problem = stack.child(name).death()
    while True:
        deaths[name] += 1
        if deaths[name] > RESTARTS_MAX:
            raise LauncherProblem(
                "keeps_dying",
                f"{name} died {deaths[name]} times, so everything was stopped. {problem.message}",
                problem.what_to_do,
            )
        tell(f"{problem} Starting it again ({deaths[name]} of {RESTARTS_MAX}).")
        try:
            stack.start_one(name)
        except LauncherProblem as another:
            problem = another
        else:
            tell(f"{name} is running again.")
            return
