"""The edge: forwards what belongs to a service, never a secret or an internal path, and says so when nobody answers."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from gateway.api import proxy
from gateway.api.limits import CALLERS_PER_ADDRESS, RateLimits
from gateway.clients.services import Services
from gateway.clients.tokens import ApiKeys

Upstream = Callable[[httpx.Request], httpx.Response]


class Edge:
    """The gateway's proxy with a scripted upstream; `seen` holds the requests that reached it."""

    def __init__(self, *, per_caller: str = "100/minute", per_address: str = "100/minute") -> None:
        self.seen: list[httpx.Request] = []
        self.upstream: Upstream = lambda request: httpx.Response(200, json={"path": request.url.path})
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        app = make_app(title="gateway", description="", routers=[proxy.router], body_max_bytes=1000)
        app.state.client = client
        app.state.services = Services(client, {"orders": "http://orders", "accounts": "http://accounts"}, "inside")
        app.state.api_keys = ApiKeys(client, "http://accounts", "inside")
        app.state.limits = RateLimits(per_caller, per_address)
        app.state.verifier = TestTokens().verifier
        self._app = app
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://edge"
        )

    async def untidied(self, path: str) -> tuple[int, str]:
        """Status and code for a path as it stands: a client would resolve its dots before it sends it."""
        raw = path.encode()
        scope = {
            "type": "http",
            "method": "GET",
            "path": unquote(path),
            "raw_path": raw,
            "query_string": b"",
            "headers": [(b"host", b"edge")],
            "client": ("203.0.113.7", 1234),
            "server": ("edge", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await self._app(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in said)
        return said[0]["status"], json.loads(body)["code"]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/internal/tokens":
            self.exchanged = request.content
            known = b"rgk_known" in request.content
            return httpx.Response(200, json={"access_token": "short"}) if known else httpx.Response(401)
        self.seen.append(request)
        answer = self.upstream(request)
        # As it comes from a network: not read yet.
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))


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
        raise httpx.ConnectError("refused")

    edge.upstream = refuse
    response = await edge.client.get("/v1/orders")
    assert (response.status_code, response.json()["code"]) == (503, "service_unavailable")
    assert response.json()["service"] == "orders"
    assert "nothing was changed" in response.json()["detail"]
    assert response.headers["retry-after"] == "2"


async def test_a_lost_answer_is_unknown_and_says_how_to_learn_it(edge: Edge) -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("lost")

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
