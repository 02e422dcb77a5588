"""The sandbox clock: business time runs ahead of real time by an offset."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sandbox.api.common import RequestBody, TheWorld
from sandbox.storage.under_way import count_under_way
from sandbox.use_cases.move_clock import move_clock
from sandbox.world import World

router = APIRouter(prefix="/clock", tags=["clock"])

# A century: enough for every warranty, and far from the end of the calendar.
_OFFSET_SECONDS_MAX = 100 * 366 * 24 * 3600


class ClockRequest(RequestBody):
    offset_seconds: Annotated[int, Field(strict=True, ge=0, le=_OFFSET_SECONDS_MAX)]


class ClockAnswer(BaseModel):
    """`pending` counts what is still under way from here: webhooks to be sent, pay-outs and refunds
    to be settled, card captures and authorisations whose instant has come."""

    offset_seconds: int
    now: datetime
    pending: int


@router.get("")
async def get_clock(world: TheWorld) -> ClockAnswer:
    """The offset, the business time it makes, and whether anything is under way."""
    return await _answer(world)


@router.put("")
async def put_clock(body: ClockRequest, world: TheWorld) -> ClockAnswer:
    """Move business time forward; 409 `clock_moves_only_forward` for a smaller offset."""
    async with world.engine.begin() as tx:
        held = await move_clock(body.offset_seconds, tx)
    world.show_time(held)
    world.bell.set()
    return await _answer(world)


async def _answer(world: World) -> ClockAnswer:
    now = world.now().business
    async with world.engine.connect() as connection:
        pending = await count_under_way(connection, now)
    return ClockAnswer(offset_seconds=int(world.clock.offset.total_seconds()), now=now, pending=pending)
