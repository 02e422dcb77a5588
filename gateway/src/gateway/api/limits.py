"""Rate limits at the edge: per signed-in caller, and per address for whoever has not signed in."""

import hashlib
import time

from fastapi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from chassis.web.problems import Problem

# Several programs of a company often share an address; more callers than these behind one are no company.
CALLERS_PER_ADDRESS = 20


class RateLimits:
    """Counts in this process's memory; with several gateways each counts for itself."""

    def __init__(self, per_caller: str, per_address_unsigned: str) -> None:
        self._per_caller = parse(per_caller)
        self._per_address = parse(per_address_unsigned)
        # Made-up tokens would each begin a count of their own: what one address may ask for in all has an end too.
        caller = self._per_caller
        self._all_of_an_address = type(caller)(caller.amount * CALLERS_PER_ADDRESS, caller.multiples, "address")
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def check(self, request: Request, bearer: str | None) -> dict[str, str]:
        """Count this request; gives the RateLimit headers, or raises 429 with Retry-After."""
        # The peer's own address: a header that a client can write decides nothing.
        address = request.client.host if request.client else "unknown"
        if bearer is not None:
            item, who = self._per_caller, hashlib.sha256(bearer.encode()).hexdigest()
            allowed = await self._limiter.hit(self._all_of_an_address, address) and await self._limiter.hit(item, who)
        else:
            item, who = self._per_address, address
            allowed = await self._limiter.hit(item, who)
        headers = await self._headers(item, who)
        if not allowed:
            raise Problem(
                429,
                "too_many_requests",
                "Too many requests",
                f"the limit is {item}",
                headers={**headers, "Retry-After": headers["RateLimit-Reset"]},
            )
        return headers

    async def _headers(self, item: RateLimitItem, who: str) -> dict[str, str]:
        window = await self._limiter.get_window_stats(item, who)
        return {
            "RateLimit-Limit": str(item.amount),
            "RateLimit-Remaining": str(window.remaining),
            "RateLimit-Reset": str(max(0, int(window.reset_time - time.time()) + 1)),
        }
