"""Who is asking: short ES256 tokens issued by `accounts`, verified by every service itself."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from chassis.kernel.ids import Id
from chassis.web.problems import Problem
from chassis.web.revocations import Revocations

ISSUER = "regrade"
AUDIENCE = "regrade"
ALGORITHMS = ["ES256"]
# Clocks of two machines may differ a little; more than this is somebody's fault.
LEEWAY_SECONDS = 60
# A made-up key id must not make us ask for the keys again and again.
REFETCH_SECONDS = 30.0
# A signature is checked once a token, not once a request: the check costs more than reading a row.
REMEMBERED_MAX = 10_000

_RULES = jwt.JWTClaimsRegistry(
    leeway=LEEWAY_SECONDS,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "values": [AUDIENCE]},
    exp={"essential": True},
    sub={"essential": True},
)


@dataclass(frozen=True)
class Subject:
    """A signed-in person or machine client: which company it acts for, as what, and what it may do."""

    id: Id
    company_id: Id
    kind: str  # buyer | seller | operator | auditor
    market: str | None
    scopes: frozenset[str]
    # People speak in a session, keys have none; people have a role in their company.
    session_id: Id | None = None
    role: str | None = None

    @property
    def tenant(self) -> str:
        """The key under which this subject's idempotency keys are kept."""
        return str(self.company_id)


class Keys:
    """The public keys of `accounts`, fetched once and again when an unknown key id shows up (at most each 30 s)."""

    def __init__(self, fetch: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._lock = asyncio.Lock()

    async def with_id(self, kid: str) -> KeySet:
        """A key set that holds `kid` if `accounts` knows it."""
        if self._keys is None or not self._has(kid):
            async with self._lock:
                if not self._has(kid) and time.monotonic() - self._fetched_at > REFETCH_SECONDS:
                    self._keys = KeySet.import_key_set(await self._fetch())  # type: ignore[arg-type]
                    self._fetched_at = time.monotonic()
        if self._keys is None or not self._has(kid):
            raise not_signed_in("the key of the token is not known")
        return self._keys

    def _has(self, kid: str) -> bool:
        return self._keys is not None and any(key.kid == kid for key in self._keys.keys)


def keys_from(client: httpx.AsyncClient, accounts_url: str) -> Keys:
    """Keys fetched over HTTP from `accounts`; if it does not answer, the known keys go on working."""

    async def fetch() -> dict[str, Any]:
        try:
            response = await client.get(f"{accounts_url}/.well-known/jwks.json", timeout=5.0)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise Problem(503, "sign_in_unavailable", "Sign-ins cannot be checked at the moment") from error
        found: dict[str, Any] = response.json()
        return found

    return Keys(fetch)


@dataclass(frozen=True)
class _Verified:
    subject: Subject
    issued_at: float
    expires_at: float


class Verifier:
    """Turns a bearer token into a Subject, or refuses it; what was once verified is remembered until it expires.

    `revocations` are asked each time: what was taken back is refused although it was verified.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._known: dict[bytes, _Verified] = {}
        self.revocations = Revocations()

    async def subject(self, token: str) -> Subject:
        """Check signature, algorithm, key id, issuer, audience and expiry; all failures look the same from outside."""
        # The token itself is not kept in memory longer than the request.
        name = hashlib.sha256(token.encode(errors="surrogateescape")).digest()
        known = self._known.get(name)
        if known is None or time.time() > known.expires_at + LEEWAY_SECONDS:
            self._known.pop(name, None)
            known = await self._verified(token)
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            self._known[name] = known
        subject = known.subject
        if self.revocations and self.revocations.refuse(
            (subject.session_id, subject.id, subject.company_id), known.issued_at
        ):
            raise not_signed_in("this sign-in was taken back")
        return subject

    async def _verified(self, token: str) -> "_Verified":
        try:
            # The signature is checked by `decode`, the claims only by `validate`: both halves are needed.
            header = _header(token)
            decoded = jwt.decode(token, await self._keys.with_id(header["kid"]), algorithms=ALGORITHMS)
            _RULES.validate(decoded.claims)
            claims = decoded.claims
            subject = Subject(
                id=Id(claims["sub"]),
                company_id=Id(claims["company"]),
                kind=claims["kind"],
                market=claims.get("market"),
                scopes=frozenset(claims["scope"].split()),
                session_id=Id(claims["sid"]) if "sid" in claims else None,
                role=claims.get("role"),
            )
            return _Verified(subject, float(claims["iat"]), float(claims["exp"]))
        except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise not_signed_in() from error


def _header(token: str) -> dict[str, Any]:
    from joserfc.jws import extract_compact

    return dict(extract_compact(token.encode()).headers())


def sign(key: ECKey, claims: dict[str, Any], *, seconds: int) -> str:
    """A token for these claims, valid for so many seconds of real time (tokens never follow the test clock)."""
    now = int(time.time())
    return jwt.encode(
        {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"},
        {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + seconds, **claims},
        key,
    )


def not_signed_in(detail: str = "") -> Problem:
    """401 with the header that RFC 6750 asks for."""
    return Problem(
        401, "not_signed_in", "A valid token is needed", detail, headers={"WWW-Authenticate": 'Bearer realm="regrade"'}
    )


_bearer = HTTPBearer(auto_error=False, description="An access token, or an API key of the company")


async def signed_in(request: Request, credentials: Annotated[Any, Depends(_bearer)]) -> Subject:
    """The subject of the request, or 401."""
    if credentials is None:
        raise not_signed_in()
    verifier: Verifier = request.app.state.verifier
    subject = await verifier.subject(credentials.credentials)
    # What an operator writes is recorded, whoever the route is for (see chassis.web.acts).
    request.state.subject = subject
    return subject


def require(scope: str, *or_else: str) -> Any:
    """A dependency: the subject, which must hold this scope (or one of the others named), else 403.

    It carries `scopes`, so that tests can ask a route whom it lets in.
    """

    async def check(subject: Annotated[Subject, Depends(signed_in)]) -> Subject:
        if subject.scopes.isdisjoint({scope, *or_else}):
            raise Problem(403, "scope_missing", "Your sign-in does not allow this", scope=scope)
        return subject

    check.scopes = frozenset({scope, *or_else})  # type: ignore[attr-defined]
    return Depends(check)
