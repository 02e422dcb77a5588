"""API keys of a company's programs: list, make, revoke."""

import json
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, status
from starlette.responses import JSONResponse, Response

from accounts.api import shapes
from accounts.api.schemas import ApiKeyBody, ApiKeyRequest, NewApiKeyBody, RotationRequest
from accounts.api.state import Given
from accounts.domain.api_key import ApiKey, hash_of, key_text, new_secret
from accounts.domain.scopes import Grant
from accounts.use_cases.create_api_key import CreateApiKey, create_api_key
from accounts.use_cases.revoke_api_key import RevokeApiKey, revoke_api_key
from accounts.use_cases.rotate_api_key import RotateApiKey, rotate_api_key
from chassis.db.receipts import Answer
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id, new_id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/api-keys", tags=["accounts"])


@router.get("")
async def list_api_keys(
    subject: Annotated[Subject, require("account:read")], paging: Paging, given: Given
) -> Page[ApiKeyBody]:
    """All keys of the company, revoked ones too; secrets are not kept and cannot be shown."""
    found = await given.queries.api_keys(subject.company_id, paging.after_id, paging.limit + 1)
    return paging.page_of(found, shapes.api_key)


@router.post("", status_code=status.HTTP_201_CREATED, response_model=NewApiKeyBody)
async def make_api_key(
    body: ApiKeyRequest, subject: Annotated[Subject, require("account:write")], write: Write, given: Given
) -> Response:
    """Make a key. `api_key` and `client_secret` are in this answer only; a repeat of the request has them null."""
    key_id, secret = new_id(), new_secret()
    key = key_text(key_id, secret)
    command = CreateApiKey(
        maker=_grant(subject),
        id=key_id,
        name=body.name,
        scopes=frozenset(body.scopes),
        hash=hash_of(key),
        last_four=secret[-4:],
        at=real_now(),
        expires_at=body.expires_at,
    )
    response = await write.answer(
        subject.tenant, partial(create_api_key, command), _without_secret, status=status.HTTP_201_CREATED
    )
    return _shown_once(response, {"api_key": key, "client_secret": secret})


@router.post("/{key_id}/rotation", status_code=status.HTTP_201_CREATED, response_model=NewApiKeyBody)
async def replace_api_key(
    key_id: Id,
    body: RotationRequest,
    subject: Annotated[Subject, require("account:write")],
    write: Write,
    given: Given,
) -> Response:
    """Replace a key by a new one of the same name and scopes; both work for the overlap, then only the new one.

    `api_key` and `client_secret` are in this answer only; a repeat of the request has them null.
    """
    new_key_id, secret = new_id(), new_secret()
    key = key_text(new_key_id, secret)
    command = RotateApiKey(
        maker=_grant(subject),
        old_id=key_id,
        id=new_key_id,
        hash=hash_of(key),
        last_four=secret[-4:],
        overlap=timedelta(hours=body.overlap_hours),
        at=real_now(),
    )
    response = await write.answer(
        subject.tenant, partial(rotate_api_key, command), _without_secret, status=status.HTTP_201_CREATED
    )
    return _shown_once(response, {"api_key": key, "client_secret": secret})


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_api_key(key_id: Id, subject: Annotated[Subject, require("account:write")], write: Write) -> Response:
    """Revoke a key: no new tokens, and those already made of it are refused within seconds."""
    command = RevokeApiKey(subject.company_id, key_id, real_now())

    def nothing(result: None) -> Answer:
        return Answer(status.HTTP_204_NO_CONTENT, None)

    return await write.respond(subject.tenant, partial(revoke_api_key, command), nothing)


def _grant(subject: Subject) -> Grant:
    return Grant(subject.id, subject.company_id, subject.kind, subject.market, subject.scopes)


def _without_secret(key: ApiKey) -> NewApiKeyBody:
    return NewApiKeyBody(**shapes.api_key(key).model_dump())


def _shown_once(response: Response, secrets: dict[str, Any]) -> Response:
    """Answers to writes are kept for repeats, so the secret is put in only after that."""
    if "Idempotent-Replayed" in response.headers:
        return response
    return JSONResponse({**json.loads(bytes(response.body)), **secrets}, response.status_code)
