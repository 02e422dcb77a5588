"""Signs access tokens with the key pair whose turn it is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from joserfc.jwk import ECKey, KeySet

from accounts.domain.scopes import Grant
from accounts.domain.signing import RELOADED_EVERY, KeyLife, signing
from chassis.kernel.clock import real_now
from chassis.web.auth import sign

log = structlog.get_logger(__name__)

LoadKeys = Callable[[Callable[[], dict[str, Any]], datetime], Awaitable[list[tuple[KeyLife, dict[str, Any]]]]]


class SignedTokens:
    """Reads the keys once a minute, for another copy may have made one; `load` makes one where it is due."""

    def __init__(self, load: LoadKeys, now: Callable[[], datetime] = real_now) -> None:
        self._load = load
        self._now = now
        self._keys: dict[KeyLife, ECKey] = {}
        self._loaded_at: datetime | None = None
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
        if grant.role:
            claims["role"] = str(grant.role)
        if grant.market:
            claims["market"] = grant.market
        keys = await self._loaded()
        return sign(keys[signing(list(keys), self._now())], claims, seconds=grant.seconds(self._now()))

    async def jwks(self) -> dict[str, Any]:
        """The public halves (RFC 7517): of the pair that signs, of the next one, and of those whose tokens are still about."""
        return dict(KeySet(list((await self._loaded()).values())).as_dict(private=False))

    async def _loaded(self) -> dict[KeyLife, ECKey]:
        async with self._lock:
            at = self._now()
            if self._loaded_at is None or at >= self._loaded_at + RELOADED_EVERY:
                await self._load_anew(at)
        return self._keys

    async def _load_anew(self, at: datetime) -> None:
        try:
            loaded = await self._load(_new_key, at)
        except Exception as error:
            # The database may be away for a while; the keys that are known are good for months.
            if not self._keys:
                raise
            log.warning("signing_keys.not_read", error=f"{type(error).__name__}: {error}"[:300])
            return
        self._keys = {life: ECKey.import_key(jwk) for life, jwk in loaded}
        self._loaded_at = at


def _new_key() -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return dict(key.as_dict(private=True))
