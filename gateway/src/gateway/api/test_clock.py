"""The test clock: exists in sandbox mode only, and only for operators."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, model_validator
from starlette.responses import Response

from chassis.kernel.ids import Id, new_id
from chassis.web.auth import Subject, require
from chassis.web.writes import Write
from gateway.domain.advance import STEP_MAX, Advance
from gateway.use_cases.start_advance import StartAdvance, start_advance

router = APIRouter(prefix="/v1/test-clock", tags=["test clock"])


class ClockView(BaseModel):
    """The platform's business time."""

    now: datetime


class AdvanceRequest(BaseModel, extra="forbid"):
    """Where to: an instant, or so many seconds on."""

    to: datetime | None = None
    seconds: Annotated[int, Field(gt=0, le=int(STEP_MAX.total_seconds()), strict=True)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "AdvanceRequest":
        if (self.to is None) == (self.seconds is None):
            raise ValueError("give either `to` or `seconds`")
        if self.to is not None and self.to.tzinfo is None:
            raise ValueError("`to` needs a time zone")
        return self


class AdvanceView(BaseModel):
    """An advance: `running` until the clock stands at `target` and everything is quiet."""

    id: Id
    state: str
    started_from: datetime
    target: datetime
    reached: datetime
    reason: str


def view(advance: Advance) -> AdvanceView:
    """The public shape."""
    return AdvanceView(**{name: getattr(advance, name) for name in AdvanceView.model_fields})


@router.get("")
async def read_test_clock(request: Request) -> ClockView:
    """The platform's business time, for everybody."""
    return ClockView(now=request.app.state.executor.clock.now())


@router.post("/advances", status_code=202, response_model=AdvanceView)
async def advance_test_clock(
    body: AdvanceRequest, request: Request, write: Write, subject: Annotated[Subject, require("operator:events")]
) -> Response:
    """Move business time forward; every service follows, deadline by deadline."""
    now: datetime = request.app.state.executor.clock.now()
    target = body.to or now + timedelta(seconds=body.seconds or 0)
    work = partial(start_advance, StartAdvance(new_id(), target))
    return await write.answer(
        subject.tenant, work, view, status=202, location=lambda advance: f"/v1/test-clock/advances/{advance.id}"
    )


@router.get("/advances/{advance_id}")
async def read_advance(
    advance_id: Id, request: Request, subject: Annotated[Subject, require("operator:events")]
) -> AdvanceView:
    """How far an advance has come."""

    async def read(uow: Any, now: datetime) -> Advance:
        found: Advance = await uow.advances.get(advance_id)
        return found

    return view(await request.app.state.executor.run(read))
