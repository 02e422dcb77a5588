"""A client of the platform as a partner would write one: through the gateway, with an API key or a sign-in."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")


class Refused(Exception):
    """The platform said no; `code` is the stable code of the problem document."""

    def __init__(self, response: httpx.Response) -> None:
        is_problem = response.headers.get("content-type", "").startswith("application/problem+json")
        self.problem: dict[str, Any] = response.json() if is_problem else {"title": response.text[:200]}
        self.status = response.status_code
        self.code: str = self.problem.get("code", "")
        detail = self.problem.get("detail", "")
        super().__init__(f"{self.status} {self.code}: {self.problem.get('title', '')} {detail}".strip())


class Caller:
    """One caller of the platform: every write gets an Idempotency-Key of its own and is repeated with it if it was lost."""

    def __init__(self, base_url: str, bearer: str | None = None, *, timeout_seconds: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        self._client = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_seconds)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON behind a path."""
        return self._json(self._client.get(path, params=_given(params)))

    def content(self, path: str) -> bytes:
        """The bytes behind a path."""
        response = self._client.get(path)
        if response.is_error:
            raise Refused(response)
        return response.content

    def each(self, path: str, **params: Any) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **params, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """A write; a lost answer is asked for again with the same key."""
        return self._json(self._write("POST", path, key, headers, json=body))

    def post_file(self, path: str, content: bytes, *, key: str | None = None) -> Any:
        """A write whose body is a file."""
        return self._json(self._write("POST", path, key, {"Content-Type": "application/pdf"}, content=content))

    def post_table(self, path: str, content: bytes, *, key: str | None = None, **wishes: Any) -> Any:
        """A write whose body is a table of stock."""
        response = self._write("POST", path, key, {"Content-Type": "text/csv"}, content=content, params=_given(wishes))
        return self._json(response)

    def pieces(self, path: str) -> Iterator[bytes]:
        """The bytes behind a path as they come; nothing of it is kept."""
        with self._client.stream("GET", path) as response:
            if response.is_error:
                response.read()
                raise Refused(response)
            yield from response.iter_bytes()

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """A change of what is there; mostly with `if_match`."""
        return self._json(self._write("PATCH", path, None, headers, json=body))

    def put(self, path: str, body: Any, **headers: str) -> Any:
        """A write of the whole of something; of what is there with `if_match`."""
        return self._json(self._write("PUT", path, None, headers, json=body))

    def patch_lines(self, path: str, lines: bytes, *, key: str | None = None) -> list[dict[str, Any]]:
        """An NDJSON write; gives the answer's lines."""
        response = self._write("PATCH", path, key, {"Content-Type": "application/x-ndjson"}, content=lines)
        if response.is_error:
            raise Refused(response)
        return [json.loads(line) for line in response.text.splitlines() if line]

    def _write(
        self, method: str, path: str, key: str | None, headers: Mapping[str, str], *, tries: int = 4, **body: Any
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**named, "Idempotency-Key": key or str(uuid4())}
        for left in reversed(range(tries)):
            try:
                response = self._client.request(method, path, headers=sent, **body)
            except httpx.TransportError:
                if left == 0:
                    raise
                time.sleep(0.5)
                continue
            if response.status_code != 503 or left == 0:
                return response
            time.sleep(float(response.headers.get("retry-after", "1")))
        raise AssertionError("unreachable")

    def _json(self, response: httpx.Response) -> Any:
        if response.is_error:
            raise Refused(response)
        return response.json() if response.content else None


class Platform:
    """A running platform: its gateway, and the sandbox beside it."""

    def __init__(self, gateway: str, sandbox: str) -> None:
        self.gateway = gateway
        self.anybody = Caller(gateway)
        self.outside = Caller(sandbox)

    def signed_in(self, email: str, password: str) -> Caller:
        """A person's sign-in."""
        token = self.anybody.post("/v1/sessions", {"email": email, "password": password})
        return Caller(self.gateway, token["access_token"])

    def with_key(self, api_key: str) -> Caller:
        """A program's API key."""
        return Caller(self.gateway, api_key)

    def mail_to(self, address: str, subject_part: str = "", *, seconds: float = 120.0) -> dict[str, Any]:
        """The newest mail to this address whose subject holds this text, waiting until it is there."""

        def look() -> dict[str, Any] | None:
            mails = self.outside.each("/mailbox/messages", to=address, limit=100)
            return next((mail for mail in mails if subject_part.lower() in mail["subject"].lower()), None)

        found = wait_for(look, f"a mail to {address} about {subject_part!r}", seconds=seconds)
        full: dict[str, Any] = self.outside.get(f"/mailbox/messages/{found['id']}")
        return full

    def advance_clock(self, operator: Caller, *, seconds: int, patience_seconds: float = 600.0) -> dict[str, Any]:
        """Move the test clock and wait until the platform has lived through it."""
        advance = operator.post("/v1/test-clock/advances", {"seconds": seconds})

        def ended() -> dict[str, Any] | None:
            now: dict[str, Any] = operator.get(f"/v1/test-clock/advances/{advance['id']}")
            return now if now["state"] != "running" else None

        done = wait_for(ended, "the test clock to arrive", seconds=patience_seconds)
        if done["state"] != "done":
            raise RuntimeError(f"the test clock stopped at {done['reached']}: {done['reason']}")
        return done


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = 120.0) -> T:
    """Look again and again until something is there; says what was missing when the time is up."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.05)


def read_contract(path: Path) -> dict[str, Any]:
    """`.regrade/demo.json`, or a sentence that says how to get one."""
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is not there: start the platform with `make run` first") from None
    return found


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}
