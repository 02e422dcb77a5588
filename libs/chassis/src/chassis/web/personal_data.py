"""What a holder of personal data is asked by `accounts`, and how it confirms that it has erased."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from chassis.db.executor import Executor
from chassis.db.personal_data import CONFIRM_ERASURE, PersonalData
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Subject
from chassis.web.internal import INTERNAL_TOKEN_HEADER, internal_caller


class OpenItemBody(BaseModel):
    """Something of a company's that is not finished."""

    kind: str
    id: str
    state: str


class BusinessBody(BaseModel):
    """What is open, and when the company bought last."""

    open: list[OpenItemBody]
    last_purchase_at: datetime | None


def personal_data_router(holdings: PersonalData) -> APIRouter:
    """`GET /internal/personal-data?company_id=…[&person_id=…]`: table → rows. `GET /internal/open-business/{company_id}`."""
    router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)

    @router.get("/personal-data")
    async def read_personal_data(
        request: Request, company_id: Id, person_id: Id | None = None
    ) -> dict[str, list[dict[str, Any]]]:
        executor: Executor[Any] = request.app.state.executor
        async with executor.engine.connect() as connection:
            return await holdings.export(connection, Subject(company_id, person_id))

    @router.get("/open-business/{company_id}")
    async def read_open_business(request: Request, company_id: Id) -> BusinessBody:
        executor: Executor[Any] = request.app.state.executor
        async with executor.engine.connect() as connection:
            found = await holdings.business(connection, company_id)
        items = [OpenItemBody(**vars(one)) for one in found.open]
        return BusinessBody(open=items, last_purchase_at=found.last_purchase_at)

    return router


def confirmations(
    holder: str, client: httpx.AsyncClient, accounts_url: str, internal_token: str
) -> dict[str, Callable[[DueTimer], Awaitable[None]]]:
    """The errand that tells `accounts`; whatever goes wrong, it is told again, and twice is as once."""

    async def confirm(timer: DueTimer) -> None:
        response = await client.post(
            f"{accounts_url}/internal/erasures/{timer.key}/confirmations",
            json={"holder": holder, **timer.payload},
            headers={INTERNAL_TOKEN_HEADER: internal_token},
            timeout=5.0,
        )
        response.raise_for_status()

    return {CONFIRM_ERASURE: confirm}
