"""Rate limits at the edge: per signed-in caller, and per address for whoever has not signed in."""

import hashlib
import time
from collections import deque
from collections.abc import Callable

from limits import RateLimitItem, parse

from chassis.web.problems import Problem

# Several programs of a company often share an address; more callers than these behind one are no company.
CALLERS_PER_ADDRESS = 20
# So many counts are kept before those that have run out are looked for.
_COUNTS_MIN = 1_000


class RateLimits:
    """Counts in this process's memory; with several gateways each counts for itself. `now` is in seconds, real time."""

    def __init__(self, per_caller: str, per_address_unsigned: str, now: Callable[[], float] = time.monotonic) -> None:
        self._per_caller = parse(per_caller)
        self._per_address = parse(per_address_unsigned)
        # Made-up tokens would each begin a count of their own: what one address may ask for in all has an end too.
        caller = self._per_caller
        self._all_of_an_address = type(caller)(caller.amount * CALLERS_PER_ADDRESS, caller.multiples, "address")
        self._windows = _Windows()
        self._now = now

    def check(self, address: str, bearer: str | None) -> dict[str, str]:
        """Count this request; gives the RateLimit headers, or raises 429 with Retry-After."""
        now = self._now()
        if bearer is not None:
            item, who = self._per_caller, hashlib.sha256(bearer.encode()).hexdigest()
            allowed = self._windows.hit(self._all_of_an_address, address, now)
            allowed = allowed and self._windows.hit(item, who, now)
        else:
            item, who = self._per_address, address
            allowed = self._windows.hit(item, who, now)
        count, oldest = self._windows.count(item, who, now)
        headers = {
            "ratelimit-limit": str(item.amount),
            "ratelimit-remaining": str(max(0, item.amount - count)),
            "ratelimit-reset": str(int(oldest + item.get_expiry() - now) + 1),
        }
        if not allowed:
            raise Problem(
                429,
                "too_many_requests",
                "Too many requests",
                f"the limit is {item}",
                headers={**headers, "Retry-After": headers["ratelimit-reset"]},
            )
        return headers

    @property
    def counted(self) -> int:
        """How many counts are kept."""
        return len(self._windows)


class _Windows:
    """When each counted request came, as long as that is not longer ago than its limit looks back."""

    def __init__(self) -> None:
        self._came: dict[tuple[str, str], tuple[float, deque[float]]] = {}
        self._tidy_at = _COUNTS_MIN

    def __len__(self) -> int:
        return len(self._came)

    def hit(self, item: RateLimitItem, who: str, now: float) -> bool:
        """Count one more, unless there were as many as may be."""
        came = self._of(item, who, now)
        if len(came) >= item.amount:
            return False
        came.append(now)
        return True

    def count(self, item: RateLimitItem, who: str, now: float) -> tuple[int, float]:
        """How many there are, and when the first of them came."""
        came = self._of(item, who, now)
        return len(came), came[0] if came else now

    def _of(self, item: RateLimitItem, who: str, now: float) -> deque[float]:
        key = (item.namespace, who)
        seconds = float(item.get_expiry())
        known = self._came.get(key)
        if known is None:
            if len(self._came) >= self._tidy_at:
                self._tidy(now)
            known = self._came[key] = (seconds, deque())
        came = known[1]
        while came and came[0] <= now - seconds:
            came.popleft()
        return came

    def _tidy(self, now: float) -> None:
        self._came = {
            key: (seconds, came) for key, (seconds, came) in self._came.items() if came and came[-1] > now - seconds
        }
        # Whoever keeps making up callers makes us look through all of them each time their number has doubled only.
        self._tidy_at = max(_COUNTS_MIN, 2 * len(self._came))
