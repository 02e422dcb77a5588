"""Signs access tokens with the newest key pair of the database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from joserfc.jwk import ECKey, KeySet

from accounts.domain.scopes import Grant
from chassis.kernel.clock import real_now
from chassis.web.auth import sign

LoadKeys = Callable[[Callable[[], dict[str, Any]]], Awaitable[list[dict[str, Any]]]]


class SignedTokens:
    """Loads the keys on first use; `load` makes the first one where there is none."""

    def __init__(self, load: LoadKeys) -> None:
        self._load = load
        self._keys: list[ECKey] = []
        self._lock = asyncio.Lock()

    async def issue(self, grant: Grant) -> str:
        """An ES256 token for `grant.seconds` of real time."""
        claims: dict[str, Any] = {
            "sub": str(grant.subject_id),
            "company": str(grant.company_id),
            "kind": grant.kind,
            "scope": " ".join(sorted(grant.scopes)),
        }
        if grant.session_id:
            claims["sid"] = str(grant.session_id)
        if grant.market:
            claims["market"] = grant.market
        return sign((await self._loaded())[-1], claims, seconds=grant.seconds(real_now()))

    async def jwks(self) -> dict[str, Any]:
        """The public halves (RFC 7517)."""
        return dict(KeySet(list(await self._loaded())).as_dict(private=False))

    async def _loaded(self) -> list[ECKey]:
        async with self._lock:
            if not self._keys:
                self._keys = [ECKey.import_key(jwk) for jwk in await self._load(_new_key)]
        return self._keys


def _new_key() -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return dict(key.as_dict(private=True))
