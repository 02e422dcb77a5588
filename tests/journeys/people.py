"""Everybody who may knock at the platform's doors, with raw requests: nothing is added, nothing is repeated."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx

from regrade.story import Member
from tests.journeys.world import World

# Tokens live for ten minutes; a long run of tests asks for new ones in time.
_TOKEN_SECONDS = 300.0


class People:
    """Who asks, by name: persons sign in, programs bring their API key."""

    def __init__(self, world: World, persons: Mapping[str, Member], keys: Mapping[str, str]) -> None:
        self._world = world
        self._persons = dict(persons)
        self._keys = dict(keys)
        self._tokens: dict[str, tuple[float, str]] = {}
        self._client = httpx.Client(base_url=world.platform.gateway, timeout=60)

    def bearer(self, who: str) -> str:
        """The token or API key of one of the people."""
        if who in self._keys:
            return self._keys[who]
        made_at, token = self._tokens.get(who, (0.0, ""))
        if not token or time.monotonic() - made_at > _TOKEN_SECONDS:
            member = self._persons[who]
            session = self._client.post("/v1/sessions", json={"email": member.email, "password": member.password})
            token = session.json()["access_token"]
            self._tokens[who] = (time.monotonic(), token)
        return token

    def ask(self, who: str | None, method: str, path: str, **request: Any) -> httpx.Response:
        """One request as it stands."""
        headers = dict(request.pop("headers", {}))
        if who is not None:
            headers = {"Authorization": f"Bearer {self.bearer(who)}", **headers}
        return self._client.request(method, path, headers=headers, **request)

    def write(self, who: str | None, method: str, path: str, **request: Any) -> httpx.Response:
        """One write with a key of its own."""
        headers = {"Idempotency-Key": str(uuid4()), **request.pop("headers", {})}
        return self.ask(who, method, path, headers=headers, **request)

    def send(self, path: str, content: bytes, headers: Sequence[tuple[bytes, bytes]]) -> httpx.Response:
        """A message from nobody in particular, with headers that need not be text."""
        return self._client.post(path, content=content, headers=headers)

    def read(self, who: str, path: str) -> Any:
        """What one of the people sees at a path."""
        response = self.ask(who, "GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal, which must have this status and this code."""
    said = f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:400]}"
    assert response.status_code == status, said
    assert response.headers["content-type"] == "application/problem+json", said
    problem: dict[str, Any] = response.json()
    assert problem["code"] == code, said
    assert problem["status"] == status, said
    assert problem["type"] == f"urn:regrade:problem:{code}", said
    assert problem["title"], said
    return problem


def faults_of(problem: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Where and what of each fault a 422 names."""
    return {(fault["pointer"], fault["code"]) for fault in problem["errors"]}


def with_claims(token: str, **claims: Any) -> str:
    """The token with other claims under the old signature."""
    header, payload, signature = token.split(".")
    changed = {**json.loads(_unpacked(payload)), **claims}
    return ".".join([header, _packed(changed), signature])


def without_signature(token: str) -> str:
    """The token as one that says it needs no signature (RFC 8725, section 2.1)."""
    header, payload, _ = token.split(".")
    return ".".join([_packed({**json.loads(_unpacked(header)), "alg": "none"}), payload, ""])


def _unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _packed(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
