"""Where a person is signed in, and how that ends."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.schemas import SessionsBody
from accounts.api.state import Given
from accounts.domain.scopes import SELF
from accounts.use_cases.end_other_sessions import EndOtherSessions, end_other_sessions
from accounts.use_cases.end_session import EndSession, end_session
from chassis.db.receipts import Answer
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.writes import Write

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.get("/me/sessions")
async def list_sessions(subject: Annotated[Subject, require("account:read", SELF)], given: Given) -> SessionsBody:
    """Where you are signed in: the open sessions of the person that asks, oldest first. A key has none."""
    at = real_now()
    kept = await given.queries.sessions(subject.id)
    items = [shapes.session(one, subject.session_id) for one in kept if one.is_open(given.rules.lifetimes, at)]
    return SessionsBody(items=items)


@router.delete("/me/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out_elsewhere(subject: Annotated[Subject, require(SELF)], write: Write) -> Response:
    """End all other sessions of the person that asks; their tokens are refused within seconds."""
    command = EndOtherSessions(subject.id, subject.session_id, real_now())
    return await write.respond(subject.tenant, partial(end_other_sessions, command), _nothing)


@router.delete("/me/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out(session_id: Id, subject: Annotated[Subject, require(SELF)], write: Write) -> Response:
    """End one session, the present one too; its tokens are refused within seconds."""
    command = EndSession(subject.id, session_id, real_now())
    return await write.respond(subject.tenant, partial(end_session, command), _nothing)


def _nothing(result: None) -> Answer:
    return Answer(status.HTTP_204_NO_CONTENT, None)
