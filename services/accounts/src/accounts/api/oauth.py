"""OAuth 2.0 client credentials (RFC 6749, section 4.4): an API key's id and secret for a short token."""

import base64
import binascii
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from accounts.api.schemas import OAuthTokenBody
from accounts.api.state import Given
from accounts.domain.api_key import key_text
from accounts.domain.errors import ApiKeyRefused, CompanyNotActive
from accounts.domain.scopes import Grant
from accounts.use_cases.exchange_api_key import ExchangeApiKey, exchange_api_key
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id

router = APIRouter(tags=["accounts"])

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "client_id": {"type": "string", "description": "The API key's id, unless in HTTP Basic"},
                        "client_secret": {"type": "string", "description": "Its secret, unless in HTTP Basic"},
                        "scope": {"type": "string", "description": "Fewer scopes than the key has, by blanks"},
                    },
                }
            }
        },
    }
}


class OAuthRefusal(Exception):
    """An error in the words of RFC 6749, section 5.2."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


@router.post("/v1/oauth/token", response_model=OAuthTokenBody, openapi_extra=_FORM)
async def issue_oauth_token(request: Request, given: Given) -> Response:
    """Client credentials: the API key's id and secret, in the form or as HTTP Basic, for a token of ten minutes.

    Refusals have the shape of RFC 6749 (`{"error": "invalid_client"}`), because OAuth libraries read nothing else.
    """
    try:
        form = _form(await request.body())
        if form.get("grant_type") != "client_credentials":
            raise OAuthRefusal("unsupported_grant_type" if form.get("grant_type") else "invalid_request")
        key = _key(form, request.headers.get("Authorization", ""))
        grant: Grant = await given.executor.run(partial(exchange_api_key, ExchangeApiKey(key, real_now())))
        grant = _narrowed(grant, form.get("scope", ""))
    except (ApiKeyRefused, CompanyNotActive):
        return _refused(OAuthRefusal("invalid_client", 401))
    except OAuthRefusal as refusal:
        return _refused(refusal)
    body = OAuthTokenBody(
        access_token=await given.tokens.issue(grant),
        expires_in=grant.seconds(real_now()),
        scope=" ".join(sorted(grant.scopes)),
    )
    return JSONResponse(body.model_dump(), headers={"Cache-Control": "no-store"})


def _form(body: bytes) -> dict[str, str]:
    try:
        fields: dict[str, list[str]] = parse_qs(body.decode(), max_num_fields=20)
    except ValueError as error:
        raise OAuthRefusal("invalid_request") from error
    if any(len(values) > 1 for values in fields.values()):
        raise OAuthRefusal("invalid_request")
    return {name: values[0] for name, values in fields.items()}


def _key(form: dict[str, str], authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    try:
        if scheme.lower() == "basic":
            client_id, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
            client_id, secret = unquote_plus(client_id), unquote_plus(secret)
        else:
            client_id, secret = form["client_id"], form["client_secret"]
        return key_text(Id(client_id), secret)
    except (KeyError, ValueError, binascii.Error) as error:
        raise OAuthRefusal("invalid_client", 401) from error


def _narrowed(grant: Grant, scope: str) -> Grant:
    wanted = frozenset(scope.split()) or grant.scopes
    if not wanted <= grant.scopes:
        raise OAuthRefusal("invalid_scope")
    return Grant(grant.subject_id, grant.company_id, grant.kind, grant.market, wanted)


def _refused(refusal: OAuthRefusal) -> Response:
    headers: dict[str, Any] = {"Cache-Control": "no-store"}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="regrade"'
    return JSONResponse({"error": refusal.error}, refusal.status, headers)
