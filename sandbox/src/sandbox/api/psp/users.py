"""Companies known to the payment provider."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from sandbox.api.common import (
    Answer,
    Country,
    Name,
    PageOut,
    ReferenceFilter,
    RequestBody,
    TheWindow,
    TheWorld,
    page_out,
)
from sandbox.api.psp.once import OnlyOnce
from sandbox.storage.accounts import list_users
from sandbox.use_cases.create_user import CreateUser, create_user

router = APIRouter()


class UserRequest(RequestBody):
    reference: Name
    kind: Literal["buyer", "seller"]
    name: Name
    country: Country


class UserAnswer(Answer):
    id: str
    reference: str
    kind: str
    name: str
    country: str
    created_at: datetime


@router.post("/users", status_code=201, response_model=UserAnswer)
async def post_user(body: UserRequest, once: OnlyOnce) -> JSONResponse:
    """Make a company known."""
    command = CreateUser(body.reference, body.kind, body.name, body.country)
    return await once.answer(body, UserAnswer, lambda tx, now, _: create_user(command, tx, now))


@router.get("/users")
async def get_users(world: TheWorld, window: TheWindow, reference: ReferenceFilter = None) -> PageOut[UserAnswer]:
    """Companies, newest first; with `reference` only those of that name."""
    async with world.engine.connect() as tx:
        return page_out(await list_users(tx, reference, window), UserAnswer.model_validate)
