"""The sandbox clock: business time runs ahead of real time by an offset."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sandbox.api.common import RequestBody, TheWorld
from sandbox.use_cases.move_clock import move_clock
from sandbox.world import World

router = APIRouter(prefix="/clock", tags=["clock"])

# A century: enough for every warranty, and far from the end of the calendar.
_OFFSET_SECONDS_MAX = 100 * 366 * 24 * 3600


class ClockRequest(RequestBody):
    offset_seconds: Annotated[int, Field(strict=True, ge=0, le=_OFFSET_SECONDS_MAX)]


class ClockAnswer(BaseModel):
    offset_seconds: int
    now: datetime


@router.get("")
async def get_clock(world: TheWorld) -> ClockAnswer:
    """The offset and the business time it makes."""
    return _answer(world)


@router.put("")
async def put_clock(body: ClockRequest, world: TheWorld) -> ClockAnswer:
    """Move business time forward; 409 `clock_moves_only_forward` for a smaller offset."""
    async with world.engine.begin() as tx:
        held = await move_clock(body.offset_seconds, tx)
    world.show_time(held)
    return _answer(world)


def _answer(world: World) -> ClockAnswer:
    return ClockAnswer(offset_seconds=int(world.clock.offset.total_seconds()), now=world.now().business)
