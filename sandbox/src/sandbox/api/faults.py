"""Faults on demand."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from sandbox.api.common import Answer, Name, RequestBody, TheWorld
from sandbox.domain.faults import Fault
from sandbox.storage.faults import list_faults, remove_fault
from sandbox.use_cases.place_fault import place_fault

router = APIRouter(prefix="/faults", tags=["faults"])


class FaultRequest(RequestBody):
    """`times` null = until removed; `delay_seconds` counts for the mode `delay`."""

    mode: Name
    times: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = 1
    delay_seconds: Annotated[float, Field(ge=0, le=3600)] = 1.0


class FaultAnswer(Answer):
    name: str
    mode: str
    times: int | None
    delay_seconds: float


class FaultsAnswer(BaseModel):
    items: list[FaultAnswer]


@router.get("")
async def get_faults(world: TheWorld) -> FaultsAnswer:
    """What is still waiting to go wrong."""
    async with world.engine.connect() as tx:
        return FaultsAnswer(items=[FaultAnswer.model_validate(fault) for fault in await list_faults(tx)])


@router.put("/{name}")
async def put_fault(name: str, body: FaultRequest, world: TheWorld) -> FaultAnswer:
    """Let something go wrong the next times; replaces an older fault at the same place."""
    fault = Fault(name, body.mode, body.times, body.delay_seconds)
    async with world.engine.begin() as tx:
        await place_fault(fault, tx)
        # Before the commit: whoever then looks in vain has only looked.
        world.told_to_fail.add(name)
    return FaultAnswer.model_validate(fault)


@router.delete("/{name}", status_code=204)
async def delete_fault(name: Name, world: TheWorld) -> Response:
    """All is well again here."""
    async with world.engine.begin() as tx:
        await remove_fault(tx, name)
    return Response(status_code=204)
