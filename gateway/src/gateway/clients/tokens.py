"""API keys at the edge: exchanged for a short token by `accounts`, remembered for a minute."""

import asyncio
import hashlib
import time

import httpx

from chassis.web.auth import Keys, Subject, Verifier, not_signed_in
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from chassis.web.problems import Problem
from gateway.domain.callers import API_KEY_PREFIX

# The services refuse the token of a revoked key within seconds; this only spares the exchange.
REMEMBERED_SECONDS = 60.0
REMEMBERED_MAX = 10_000


class ApiKeys:
    """Turns an API key into the access token the services understand."""

    def __init__(self, client: httpx.AsyncClient, accounts_url: str, internal_token: str) -> None:
        self._client = client
        self._url = f"{accounts_url}/internal/tokens"
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}
        self._known: dict[str, tuple[float, str]] = {}
        self._under_way: dict[str, asyncio.Task[str]] = {}

    async def token_for(self, api_key: str) -> str:
        """The access token of a key, or 401 if `accounts` does not know the key."""
        # The key itself is not kept in memory longer than the request.
        name = hashlib.sha256(api_key.encode()).hexdigest()
        known = self._known.get(name)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        # Whoever brings the same key at the same moment waits for the same answer.
        under_way = self._under_way.get(name)
        if under_way is None:
            under_way = self._under_way[name] = asyncio.create_task(self._exchanged(name, api_key), name="exchange key")
        # One of them may hang up; the answer is still the others'.
        return await asyncio.shield(under_way)

    async def _exchanged(self, name: str, api_key: str) -> str:
        try:
            token = await self._exchange(api_key)
        finally:
            del self._under_way[name]
        if len(self._known) >= REMEMBERED_MAX:
            self._known.clear()
        self._known[name] = (time.monotonic() + REMEMBERED_SECONDS, token)
        return token

    async def _exchange(self, api_key: str) -> str:
        try:
            response = await self._client.post(self._url, json={"api_key": api_key}, headers=self._headers)
        except httpx.HTTPError as error:
            raise Problem(503, "sign_in_unavailable", "Sign-ins cannot be checked at the moment") from error
        if response.status_code in (401, 404, 422):
            raise not_signed_in()
        if response.status_code != 200:
            raise Problem(503, "sign_in_unavailable", "Sign-ins cannot be checked at the moment")
        token: str = response.json()["access_token"]
        return token


class EdgeVerifier(Verifier):
    """Verifies as every service does, for the gateway's own resources too: an API key is exchanged first."""

    def __init__(self, keys: Keys, api_keys: ApiKeys) -> None:
        super().__init__(keys)
        self._api_keys = api_keys

    async def subject(self, token: str) -> Subject:
        """The subject behind an access token or an API key."""
        return await super().subject(
            await self._api_keys.token_for(token) if token.startswith(API_KEY_PREFIX) else token
        )
