"""The edge: forwards what belongs to a service, never a secret or an internal path, and says so when nobody answers."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi.routing import APIRoute

from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from chassis.web.problems import Problem
from gateway.api import card_pages, events, figures, operator, pages, proxy, test_clock
from gateway.api.limits import CALLERS_PER_ADDRESS, RateLimits
from gateway.clients.services import Services
from gateway.clients.tokens import ApiKeys
from gateway.domain.errors import AnswerLost, NotSent
from gateway.domain.routes import service_for

Upstream = Callable[[httpx.Request], httpx.Response]


class FakeAnswer:
    """A service's answer; with `breaks_after` the connection is lost after so many bytes."""

    def __init__(self, answer: httpx.Response, breaks_after: int | None = None) -> None:
        self.status = answer.status_code
        self.headers = [(name.lower(), value) for name, value in answer.headers.raw]
        announced = answer.headers.get("content-length")
        self.length = int(announced) if announced is not None else None
        self._content = answer.content
        self._breaks_after = breaks_after
        self.closed = False

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    async def chunks(self) -> AsyncIterator[bytes]:
        sound = self._content[: self._breaks_after]
        for at in range(0, len(sound), 10_000):
            yield sound[at : at + 10_000]
        if self._breaks_after is not None:
            raise AnswerLost("broke off")

    def close(self) -> None:
        self.closed = True


class Edge:
    """The gateway's proxy with a scripted upstream; `seen` holds the requests that reached it."""

    def __init__(self, *, per_caller: str = "100/minute", per_address: str = "100/minute") -> None:
        self.seen: list[httpx.Request] = []
        self.upstream: Upstream = lambda request: httpx.Response(200, json={"path": request.url.path})
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        app = make_app(title="gateway", description="", routers=[proxy.router], body_max_bytes=1000)
        app.state.upstream = self
        self.answers: list[FakeAnswer] = []
        self.breaks_after: int | None = None
        app.state.services = Services(client, {"orders": "http://orders", "accounts": "http://accounts"}, "inside")
        app.state.api_keys = ApiKeys(client, "http://accounts", "inside")
        app.state.limits = RateLimits(per_caller, per_address)
        app.state.verifier = TestTokens().verifier
        self._app = proxy.Proxy(app, body_max_bytes=1000)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app, raise_app_exceptions=False), base_url="http://edge"
        )

    async def untidied(self, path: str) -> tuple[int, str]:
        """Status and code for a path as it stands: a client would resolve its dots before it sends it."""
        said = await self.messages(path)
        body = b"".join(message.get("body", b"") for message in said)
        return said[0]["status"], json.loads(body)["code"]

    async def messages(self, target: str, received: Sequence[dict[str, Any]] = ()) -> list[Any]:
        """What is sent for a GET of this target, letter by letter; `received` comes instead of an empty body."""
        path, _, query = target.partition("?")
        raw = path.encode()
        coming = iter(received)
        scope = {
            "type": "http",
            "method": "GET",
            "path": unquote(path),
            "raw_path": raw,
            "query_string": query.encode(),
            "headers": [(b"host", b"edge")],
            "client": ("203.0.113.7", 1234),
            "server": ("edge", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return next(coming, {"type": "http.request", "body": b"", "more_body": False})

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        return said

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/internal/tokens":
            self.exchanged = request.content
            known = b"rgk_known" in request.content
            return httpx.Response(200, json={"access_token": "short"}) if known else httpx.Response(401)
        raise AssertionError("only keys are asked for over this client")

    async def ask(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> FakeAnswer:
        request = httpx.Request(method, url, headers=list(headers), content=body)
        self.seen.append(request)
        self.answers.append(FakeAnswer(self.upstream(request), self.breaks_after))
        return self.answers[-1]


@pytest.fixture
def edge() -> Edge:
    return Edge()


async def test_a_request_reaches_its_service_whole(edge: Edge) -> None:
    response = await edge.client.post(
        "/v1/orders?wait=1",
        content=b'{"a":1}',
        headers={"Content-Type": "application/json", "Idempotency-Key": "k", "Authorization": "Bearer jwt"},
    )
    (request,) = edge.seen
    assert (request.method, str(request.url), request.content) == ("POST", "http://orders/v1/orders?wait=1", b'{"a":1}')
    assert request.headers["idempotency-key"] == "k"
    assert request.headers["authorization"] == "Bearer jwt"
    assert response.headers["x-request-id"] == request.headers["x-request-id"]
    assert response.headers["ratelimit-remaining"] == "99"


async def test_an_api_key_becomes_a_token_and_goes_no_further(edge: Edge) -> None:
    for _ in range(2):
        await edge.client.get("/v1/orders", headers={"Authorization": "Bearer rgk_known"})
    assert [request.headers["authorization"] for request in edge.seen] == ["Bearer short", "Bearer short"]


async def test_an_unknown_api_key_is_refused_at_the_edge(edge: Edge) -> None:
    response = await edge.client.get("/v1/orders", headers={"Authorization": "Bearer rgk_wrong"})
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
    assert edge.seen == []


@pytest.mark.parametrize(
    "path",
    [
        "/internal/status",
        "/v1/nothing",
        "/docs",
        "/v1/orders/../../internal/status",
        "/v1/orders/..%2f..%2fmetrics",
        "/v1/orders/%2e%2e/%2e%2e/metrics",
        "/v1/orders/a%00b",
        "/v1/orders/x%3Fa=b",
        "/v1/orders/%0d%0aX:y",
    ],
)
async def test_what_is_not_listed_does_not_exist(edge: Edge, path: str) -> None:
    assert await edge.untidied(path) == (404, "not_found")
    assert edge.seen == []


async def test_headers_that_are_none_stop_at_the_edge(edge: Edge) -> None:
    answer = await edge.client.get("/v1/orders", headers=[(b"Idempotency-Key", "clé".encode())])
    assert (answer.status_code, answer.json()["code"]) == (400, "header_malformed")
    answer = await edge.client.get("/v1/orders", headers=[(b"Authorization", "Bearer é".encode())])
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert edge.seen == []


async def test_a_client_cannot_pass_itself_off_as_the_platform(edge: Edge) -> None:
    await edge.client.get("/v1/orders", headers={"Regrade-Internal-Token": "guess", "X-Request-Id": "mine"})
    (request,) = edge.seen
    assert "regrade-internal-token" not in request.headers
    assert request.headers["x-request-id"] != "mine"


async def test_a_service_that_is_down_is_named_and_nothing_was_changed(edge: Edge) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise NotSent("refused")

    edge.upstream = refuse
    response = await edge.client.get("/v1/orders")
    assert (response.status_code, response.json()["code"]) == (503, "service_unavailable")
    assert response.json()["service"] == "orders"
    assert "nothing was changed" in response.json()["detail"]
    assert response.headers["retry-after"] == "2"


async def test_a_lost_answer_is_unknown_and_says_how_to_learn_it(edge: Edge) -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        raise AnswerLost("lost")

    edge.upstream = lose
    response = await edge.client.post("/v1/orders", json={})
    assert response.status_code == 503
    assert "same Idempotency-Key" in response.json()["detail"]


async def test_answers_pass_through_as_they_are(edge: Edge) -> None:
    edge.upstream = lambda request: httpx.Response(
        409, json={"code": "stock_unavailable"}, headers={"Content-Type": "application/problem+json", "ETag": '"v3"'}
    )
    response = await edge.client.post("/v1/orders", json={})
    assert (response.status_code, response.json()) == (409, {"code": "stock_unavailable"})
    assert (response.headers["content-type"], response.headers["etag"]) == ("application/problem+json", '"v3"')


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 300_000])
async def test_an_answer_of_any_length_passes_through_whole(edge: Edge, size: int, announced: bool) -> None:
    content = bytes(n % 251 for n in range(size))

    def answer(request: httpx.Request) -> httpx.Response:
        whole = httpx.Response(200, content=content)
        whole.headers.pop("content-length", None)
        if announced:
            whole.headers["content-length"] = str(size)
        return whole

    edge.upstream = answer
    response = await edge.client.get("/v1/orders")
    assert response.content == content
    assert response.headers.get_list("content-length") == ([str(size)] if announced else [])
    assert [one.closed for one in edge.answers] == [True]


async def test_a_short_answer_that_breaks_off_is_a_lost_one(edge: Edge) -> None:
    edge.upstream, edge.breaks_after = lambda request: httpx.Response(201, content=b"x" * 100), 50
    response = await edge.client.post("/v1/orders", json={})
    assert (response.status_code, response.json()["code"]) == (503, "service_unavailable")
    assert "same Idempotency-Key" in response.json()["detail"]
    assert [one.closed for one in edge.answers] == [True]


async def test_a_long_answer_that_breaks_off_never_looks_whole(edge: Edge) -> None:
    edge.upstream, edge.breaks_after = lambda request: httpx.Response(200, content=b"x" * 100_000), 70_000
    sent = await edge.messages("/v1/orders")
    assert sent[0]["status"] == 200
    assert sum(len(message.get("body", b"")) for message in sent) == 70_000
    assert all(message["more_body"] for message in sent[1:])


async def test_whoever_hangs_up_while_sending_asks_for_nothing(edge: Edge) -> None:
    assert await edge.messages("/v1/orders", [{"type": "http.disconnect"}]) == []
    assert edge.seen == []


async def test_a_trace_goes_on_behind_the_edge(edge: Edge) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    await edge.client.get("/v1/orders", headers={"traceparent": f"00-{trace}-{span}-01"})
    (passed,) = edge.seen[0].headers.get_list("traceparent")
    assert passed.split("-")[1] == trace


async def test_a_query_reaches_the_service_as_it_was_written(edge: Edge) -> None:
    await edge.messages("/v1/orders?a=%2F&b=x+y&c={1}")
    assert edge.seen[0].url.raw_path == b"/v1/orders?a=%2F&b=x+y&c={1}"
    await edge.messages("/v1/orders?q=caf\u00e9")
    assert edge.seen[1].url.raw_path == b"/v1/orders?q=caf%C3%A9"


async def test_a_method_that_nothing_has_is_refused(edge: Edge) -> None:
    answer = await edge.client.options("/v1/orders")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert edge.seen == []


def test_no_path_is_both_a_service_s_and_the_gateway_s_own() -> None:
    routers = (test_clock.router, operator.router, figures.router, events.router, pages.router, card_pages.router)
    own = [route.path for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert own
    assert [path for path in own if service_for(path)] == []


async def test_a_body_over_the_limit_stops_at_the_edge(edge: Edge) -> None:
    response = await edge.client.post("/v1/orders", content=b"x" * 1001)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert edge.seen == []


async def test_callers_are_limited_each_for_itself() -> None:
    edge = Edge(per_caller="2/minute")
    one, other = ({"Authorization": f"Bearer {who}"} for who in ("one", "other"))
    statuses = [(await edge.client.get("/v1/orders", headers=one)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await edge.client.get("/v1/orders", headers=other)).status_code == 200


async def test_an_address_cannot_raise_its_limit_with_a_header() -> None:
    edge = Edge(per_address="1/minute")
    answers = [await edge.client.get("/v1/orders", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert answers[1].json()["code"] == "too_many_requests"
    assert int(answers[1].headers["retry-after"]) <= 61


async def test_made_up_tokens_do_not_lift_the_limit_of_an_address() -> None:
    edge = Edge(per_caller="1/minute")
    statuses = [
        (await edge.client.get("/v1/orders", headers={"Authorization": f"Bearer made-up-{n}"})).status_code
        for n in range(CALLERS_PER_ADDRESS + 5)
    ]
    assert statuses == [200] * CALLERS_PER_ADDRESS + [429] * 5


async def test_a_limit_looks_back_and_not_at_the_clock_s_minutes() -> None:
    seconds = 0.0
    limits = RateLimits("3/minute", "1/minute", lambda: seconds)
    for at, remaining in ((0.0, "2"), (20.0, "1"), (40.0, "0")):
        seconds = at
        assert limits.check("a", "jwt")["ratelimit-remaining"] == remaining
    seconds = 59.9
    with pytest.raises(Problem) as refused:
        limits.check("a", "jwt")
    assert refused.value.headers is not None
    assert refused.value.headers["Retry-After"] == "1"
    # The first is a minute ago, the other two count on; what was refused does not count.
    seconds = 60.0
    assert limits.check("a", "jwt")["ratelimit-remaining"] == "0"


async def test_counts_that_have_run_out_are_forgotten() -> None:
    seconds = 0.0
    limits = RateLimits("9/minute", "9/minute", lambda: seconds)
    for n in range(5_000):
        seconds = float(n)
        limits.check(f"address {n}", None)
    assert limits.counted <= 1_000
