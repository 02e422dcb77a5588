"""What somebody gets who has signed in, and where a request comes from."""

from fastapi import Request

from accounts.api import shapes
from accounts.api.schemas import SessionTokensBody, SignedInBody, TokenBody
from accounts.api.state import Doors
from accounts.domain.device import device_of
from accounts.domain.known_devices import KnownDevice
from accounts.domain.refresh_tokens import RefreshToken
from accounts.domain.scopes import Grant
from accounts.domain.session import Device
from accounts.use_cases.open_session import OpenSession
from chassis.kernel.clock import real_now
from chassis.web.internal import CLIENT_ADDRESS_HEADER


async def token_body(grant: Grant, given: Doors) -> TokenBody:
    """A token for a grant, with whom it speaks for."""
    return TokenBody(
        access_token=await given.tokens.issue(grant),
        expires_in=grant.seconds(real_now()),
        subject=shapes.subject(grant),
    )


async def session_tokens(opened: OpenSession, given: Doors) -> SessionTokensBody:
    """A token of a session, with the one that renews it."""
    token = RefreshToken(opened.session.id, opened.session.generation)
    return SessionTokensBody(
        **(await token_body(opened.grant, given)).model_dump(),
        session_id=opened.session.id,
        refresh_token=given.refresh_tokens.write(token),
    )


async def signed_in(opened: OpenSession, known: KnownDevice | None, given: Doors) -> SignedInBody:
    """The answer to a sign-in that has come to its end; the device is known from now on."""
    device_token = given.known_devices.of(opened.session.user_id, known)
    return SignedInBody(**(await session_tokens(opened, given)).model_dump(), device_token=device_token)


def device_of_request(request: Request) -> Device:
    """As coarse as it is kept."""
    return device_of(request.headers.get(CLIENT_ADDRESS_HEADER), request.headers.get("User-Agent"))
