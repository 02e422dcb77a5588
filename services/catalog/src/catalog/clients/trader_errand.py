"""The errand that asks `accounts` who a seller is."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from catalog.domain.errors import TraderNotKnownYet
from catalog.domain.trader import trader_of
from catalog.use_cases.record_trader import RecordTrader, record_trader
from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.web.internal import INTERNAL_TOKEN_HEADER


def fetch_trader(
    executor: Executor[Any], http: httpx.AsyncClient, accounts_url: str, internal_token: str
) -> Callable[[DueTimer], Awaitable[None]]:
    """`GET {accounts}/internal/parties/{seller_id}`, then it is recorded. A failure is tried again: asking changes nothing."""

    async def run(timer: DueTimer) -> None:
        response = await http.get(
            f"{accounts_url}/internal/parties/{timer.key}", headers={INTERNAL_TOKEN_HEADER: internal_token}
        )
        if response.status_code != httpx.codes.OK:
            raise TraderNotKnownYet(f"accounts answered {response.status_code}", seller=str(timer.key))
        await executor.run(partial(record_trader, RecordTrader(trader_of(timer.key, response.json()))))

    return run
