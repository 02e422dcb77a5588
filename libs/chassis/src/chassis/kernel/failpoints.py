"""Named places where a crash test may kill the process, so that "dies between publish and mark" can really be played."""

import os
import signal
from collections import Counter

_VARIABLE = "REGRADE_FAILPOINTS"
_hits: Counter[str] = Counter()


def reach(name: str) -> None:
    """Die here with SIGKILL if the environment arms this point.

    `REGRADE_FAILPOINTS="relay.acked_not_marked:3"` kills the process at its third pass.
    """
    armed = os.environ.get(_VARIABLE)
    if not armed:
        return
    _hits[name] += 1
    for entry in armed.split(","):
        point, _, nth = entry.partition(":")
        if point == name and _hits[name] == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)
