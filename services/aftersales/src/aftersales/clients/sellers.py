"""The errand that asks accounts where a seller wants its devices back."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from aftersales.domain.errors import SellerNotKnownYet
from aftersales.domain.return_place import return_places_of
from aftersales.use_cases.record_seller import record_seller
from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.web.internal import INTERNAL_TOKEN_HEADER


def fetch_seller(
    executor: Executor[Any], http: httpx.AsyncClient, accounts_url: str, internal_token: str
) -> Callable[[DueTimer], Awaitable[None]]:
    """`GET {accounts}/internal/parties/{seller_id}`; a failure is tried again."""

    async def run(timer: DueTimer) -> None:
        path = f"{accounts_url}/internal/parties/{timer.key}"
        response = await http.get(path, headers={INTERNAL_TOKEN_HEADER: internal_token})
        if response.status_code != httpx.codes.OK:
            raise SellerNotKnownYet(f"accounts answered {response.status_code}", seller=str(timer.key))
        await executor.run(partial(record_seller, return_places_of(timer.key, response.json())))

    return run
