"""People sign in with e-mail address and password, renew their tokens, and see and end their sessions."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, status
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.refusals import too_many
from accounts.api.schemas import (
    RefreshRequest,
    SessionRequest,
    SessionsBody,
    SessionTokensBody,
    SignedInBody,
    TokenBody,
)
from accounts.api.state import Doors, Given
from accounts.domain.attempts import source_of
from accounts.domain.device import device_of
from accounts.domain.errors import CompanyNotActive, RefreshRefused, SessionEnded, SignInRefused, TooManySignIns
from accounts.domain.known_devices import KnownDevice
from accounts.domain.refresh_tokens import RefreshToken
from accounts.domain.scopes import SELF, Grant
from accounts.domain.session import Device
from accounts.use_cases.begin_sign_in import BeginSignIn, begin_sign_in
from accounts.use_cases.complete_sign_in import CompleteSignIn, complete_sign_in
from accounts.use_cases.end_other_sessions import EndOtherSessions, end_other_sessions
from accounts.use_cases.end_session import EndSession, end_session
from accounts.use_cases.refresh_session import OpenSession, RefreshSession, refresh_session
from chassis.db.receipts import Answer
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.internal import CLIENT_ADDRESS_HEADER
from chassis.web.problems import Problem
from chassis.web.writes import Write

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/sessions")
async def sign_in(body: SessionRequest, request: Request, given: Given) -> SignedInBody:
    """Get an access token for ten minutes, a refresh token to renew it with, and a token that says this device is known.

    Five failed attempts for an address from one network within 15 minutes are answered with 429. Send `device_token` along
    with later sign-ins: then no attempt of anybody else counts.
    """
    try:
        known = given.known_devices.read(body.device_token)
        opened = await _opened(body, _device(request), known, given)
    except TooManySignIns as refusal:
        raise too_many(refusal) from refusal
    except SignInRefused as refusal:
        raise Problem(401, refusal.code, refusal.title) from refusal
    device_token = given.known_devices.of(opened.session.user_id, known)
    return SignedInBody(**(await _tokens(opened, given)).model_dump(), device_token=device_token)


@router.post("/sessions/refresh")
async def refresh_sign_in(body: RefreshRequest, given: Given) -> SessionTokensBody:
    """Renew the access token. A refresh token works once; one that comes again later ends the session for everybody.

    Only within ten seconds a repeat gets the same answer again, for it may have been lost.
    """
    try:
        token = given.refresh_tokens.read(body.refresh_token)
        command = RefreshSession(token, real_now())
        opened = await given.executor.run(partial(refresh_session, command, given.lifetimes))
        if opened is None:
            raise SessionEnded("an old refresh token was used, so somebody may have a copy of it")
    except (RefreshRefused, SessionEnded, CompanyNotActive) as refusal:
        raise Problem(401, refusal.code, refusal.title, refusal.detail) from refusal
    return await _tokens(opened, given)


@router.get("/me/sessions")
async def list_sessions(subject: Annotated[Subject, require("account:read", SELF)], given: Given) -> SessionsBody:
    """Where you are signed in: the open sessions of the person that asks, oldest first. A key has none."""
    at = real_now()
    kept = await given.queries.sessions(subject.id)
    items = [shapes.session(one, subject.session_id) for one in kept if one.is_open(given.lifetimes, at)]
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


async def token_body(grant: Grant, given: Doors) -> TokenBody:
    """A token for a grant, with whom it speaks for."""
    return TokenBody(
        access_token=await given.tokens.issue(grant),
        expires_in=grant.seconds(real_now()),
        subject=shapes.subject(grant),
    )


async def _tokens(opened: OpenSession, given: Doors) -> SessionTokensBody:
    token = RefreshToken(opened.session.id, opened.session.generation)
    return SessionTokensBody(
        **(await token_body(opened.grant, given)).model_dump(),
        session_id=opened.session.id,
        refresh_token=given.refresh_tokens.write(token),
    )


async def _opened(body: SessionRequest, device: Device, known: KnownDevice | None, given: Doors) -> OpenSession:
    """The slow comparison runs between two transactions, so that it keeps no connection waiting."""
    begin = BeginSignIn(body.email, source_of(device.network), real_now(), known)
    attempt = await given.executor.run(partial(begin_sign_in, begin))
    await asyncio.sleep(attempt.delay.total_seconds())
    fits = await given.passwords.matches(body.password, attempt.password_hash)
    if not fits or attempt.user_id is None:
        raise SignInRefused()
    command = CompleteSignIn(attempt, device, real_now())
    opened: OpenSession = await given.executor.run(partial(complete_sign_in, command, given.lifetimes))
    return opened


def _device(request: Request) -> Device:
    return device_of(request.headers.get(CLIENT_ADDRESS_HEADER), request.headers.get("User-Agent"))


def _nothing(result: None) -> Answer:
    return Answer(status.HTTP_204_NO_CONTENT, None)
