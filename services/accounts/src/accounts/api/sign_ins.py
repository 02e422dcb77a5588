"""People sign in, with password and second factor or with a passkey, and renew their tokens."""

import asyncio
from functools import partial

from fastapi import APIRouter, Request, status

from accounts.api.factor_schemas import PasskeyChallengeBody, PasskeySignInRequest, SecondFactorRequest
from accounts.api.refusals import sign_in_refusals
from accounts.api.schemas import RefreshRequest, SessionRequest, SessionTokensBody, SignedInBody
from accounts.api.state import Doors, Given
from accounts.api.tokens import device_of_request, session_tokens, signed_in
from accounts.domain.attempts import source_of
from accounts.domain.challenges import VALID_FOR, Purpose
from accounts.domain.errors import ChallengeRefused, CompanyNotActive, RefreshRefused, SessionEnded, SignInRefused
from accounts.domain.known_devices import KnownDevice
from accounts.domain.session import Device
from accounts.use_cases.begin_sign_in import BeginSignIn, begin_sign_in
from accounts.use_cases.complete_second_factor import CompleteSecondFactor, complete_second_factor
from accounts.use_cases.complete_sign_in import CompleteSignIn, FactorWanted, complete_sign_in
from accounts.use_cases.open_session import OpenSession
from accounts.use_cases.refresh_session import RefreshSession, refresh_session
from accounts.use_cases.show_factor import Assertion
from accounts.use_cases.sign_in_with_passkey import SignInWithPasskey, sign_in_with_passkey
from chassis.kernel.clock import real_now
from chassis.web.problems import Problem

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/sessions")
async def sign_in(body: SessionRequest, request: Request, given: Given) -> SignedInBody:
    """Get an access token for ten minutes, a refresh token to renew it with, and a token that says this device is known.

    Five failed attempts for an address from one network within 15 minutes are answered with 429. Send `device_token` along
    with later sign-ins: then no attempt of anybody else counts. Whoever has a second factor is answered 401
    `second_factor_required`, with a `challenge` to send with it to `POST /v1/sessions/second-factor` within `expires_in`
    seconds, and in `passkey_options` what the browser needs to use a passkey.
    """
    known = given.known_devices.read(body.device_token)
    with sign_in_refusals():
        opened = await _opened(body, device_of_request(request), known, given)
    if isinstance(opened, FactorWanted):
        raise _show_more(opened, given)
    return await signed_in(opened, known, given)


@router.post("/sessions/second-factor")
async def show_second_factor(body: SecondFactorRequest, request: Request, given: Given) -> SignedInBody:
    """Go on with a sign-in: the code of the authenticator app, a recovery code or a passkey. Failures count as at sign-in."""
    known, device = given.known_devices.read(body.device_token), device_of_request(request)
    with sign_in_refusals():
        challenge = given.challenges.read(body.challenge, Purpose.SECOND_FACTOR, real_now())
        user = await given.queries.user(challenge.user_id) if challenge.user_id else None
        if user is None:
            raise ChallengeRefused()
        begin = BeginSignIn(user.email, source_of(device.network), real_now(), known)
        attempt = await given.executor.run(partial(begin_sign_in, begin))
        await asyncio.sleep(attempt.delay.total_seconds())
        if challenge.mark != given.challenges.mark_of(attempt.password_hash):
            raise ChallengeRefused()
        command = CompleteSecondFactor(attempt, challenge, body.shown(body.challenge), device, real_now())
        opened = await given.executor.run(partial(complete_second_factor, command, given.rules, given.checks))
    return await signed_in(opened, known, given)


@router.post("/sessions/passkey-challenges", status_code=status.HTTP_201_CREATED)
async def begin_passkey_sign_in(given: Given) -> PasskeyChallengeBody:
    """Get the options for a browser to sign in with a passkey. No address is asked for: the device knows who it is."""
    text = given.challenges.write(given.challenges.new(Purpose.PASSKEY, real_now()))
    options = given.checks.ceremonies.request((), text)
    return PasskeyChallengeBody(challenge=text, expires_in=int(VALID_FOR.total_seconds()), options=dict(options))


@router.post("/sessions/passkey")
async def finish_passkey_sign_in(body: PasskeySignInRequest, request: Request, given: Given) -> SignedInBody:
    """Sign in with a passkey alone. The device has asked its user for finger, face or PIN, so nothing else is asked for."""
    known = given.known_devices.read(body.device_token)
    with sign_in_refusals():
        challenge = given.challenges.read(body.challenge, Purpose.PASSKEY, real_now())
        made = Assertion(body.passkey.model_dump(), body.challenge)
        command = SignInWithPasskey(challenge, made, device_of_request(request), real_now())
        opened = await given.executor.run(partial(sign_in_with_passkey, command, given.rules, given.checks))
    return await signed_in(opened, known, given)


@router.post("/sessions/refresh")
async def refresh_sign_in(body: RefreshRequest, given: Given) -> SessionTokensBody:
    """Renew the access token. A refresh token works once; one that comes again later ends the session for everybody.

    Only within ten seconds a repeat gets the same answer again, for it may have been lost.
    """
    try:
        token = given.refresh_tokens.read(body.refresh_token)
        command = RefreshSession(token, real_now())
        opened = await given.executor.run(partial(refresh_session, command, given.rules))
        if opened is None:
            raise SessionEnded("an old refresh token was used, so somebody may have a copy of it")
    except (RefreshRefused, SessionEnded, CompanyNotActive) as refusal:
        raise Problem(401, refusal.code, refusal.title, refusal.detail) from refusal
    return await session_tokens(opened, given)


async def _opened(
    body: SessionRequest, device: Device, known: KnownDevice | None, given: Doors
) -> OpenSession | FactorWanted:
    """The slow comparison runs between two transactions, so that it keeps no connection waiting."""
    begin = BeginSignIn(body.email, source_of(device.network), real_now(), known)
    attempt = await given.executor.run(partial(begin_sign_in, begin))
    await asyncio.sleep(attempt.delay.total_seconds())
    fits = await given.passwords.matches(body.password, attempt.password_hash)
    if not fits or attempt.user_id is None:
        raise SignInRefused()
    command = CompleteSignIn(attempt, device, real_now())
    opened: OpenSession | FactorWanted = await given.executor.run(partial(complete_sign_in, command, given.rules))
    return opened


def _show_more(wanted: FactorWanted, given: Doors) -> Problem:
    """401 with everything that the second step needs."""
    user, factors = wanted.user, wanted.factors
    text = given.challenges.write(given.challenges.new(Purpose.SECOND_FACTOR, real_now(), user.id, user.password_hash))
    options = given.checks.ceremonies.request(factors.passkeys, text) if factors.passkeys else None
    return Problem(
        401,
        "second_factor_required",
        "Show your second factor too",
        challenge=text,
        expires_in=int(VALID_FOR.total_seconds()),
        factors=list(factors.kinds),
        passkey_options=options,
    )
