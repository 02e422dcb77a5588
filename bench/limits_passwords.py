"""How many passwords this machine can compare at the very most: the same hash on every core, with nothing around it."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher

from accounts.clients.passwords import LANES, MEMORY_KIB, PASSES


def hashes_per_second(seconds: float) -> float:
    """A thread a core; the library lets go of the interpreter while it works."""
    cores = os.cpu_count() or 1
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
    known = hasher.hash("a password of the bench")
    until = time.monotonic() + seconds

    def compare() -> int:
        done = 0
        while time.monotonic() < until:
            hasher.verify(known, "a password of the bench")
            done += 1
        return done

    with ThreadPoolExecutor(cores) as pool:
        began = time.monotonic()
        counts = [pool.submit(compare) for _ in range(cores)]
        return sum(one.result() for one in counts) / (time.monotonic() - began)
