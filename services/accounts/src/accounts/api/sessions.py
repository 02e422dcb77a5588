"""People sign in with e-mail address and password."""

from functools import partial

from fastapi import APIRouter

from accounts.api import shapes
from accounts.api.schemas import SessionRequest, TokenBody
from accounts.api.state import Doors, Given
from accounts.domain.errors import SignInRefused, TooManySignIns
from accounts.domain.scopes import GRANT_SECONDS, Grant
from accounts.use_cases.begin_sign_in import WINDOW, BeginSignIn, begin_sign_in
from accounts.use_cases.complete_sign_in import CompleteSignIn, complete_sign_in
from chassis.kernel.clock import real_now
from chassis.web.problems import Problem

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/sessions")
async def sign_in(body: SessionRequest, given: Given) -> TokenBody:
    """Get an access token for ten minutes. Five failed attempts for an address within 15 minutes are answered with 429."""
    try:
        grant = await _grant(body, given)
    except TooManySignIns as refusal:
        seconds = str(int(WINDOW.total_seconds()))
        raise Problem(429, refusal.code, refusal.title, headers={"Retry-After": seconds}) from refusal
    except SignInRefused as refusal:
        raise Problem(401, refusal.code, refusal.title) from refusal
    return await token_body(grant, given)


async def token_body(grant: Grant, given: Doors) -> TokenBody:
    """A token for a grant, with whom it speaks for."""
    return TokenBody(
        access_token=await given.tokens.issue(grant), expires_in=GRANT_SECONDS, subject=shapes.subject(grant)
    )


async def _grant(body: SessionRequest, given: Doors) -> Grant:
    """The slow comparison runs between two transactions, so that it keeps no connection waiting."""
    attempt = await given.executor.run(partial(begin_sign_in, BeginSignIn(body.email, real_now())))
    fits = await given.passwords.matches(body.password, attempt.password_hash)
    if not fits or attempt.user_id is None:
        raise SignInRefused()
    grant: Grant = await given.executor.run(partial(complete_sign_in, CompleteSignIn(attempt.user_id)))
    return grant
