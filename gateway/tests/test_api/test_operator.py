"""The operator's view of the services: whoever is silent is named, and the others are shown."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chassis.kernel.ids import new_id
from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app
from gateway.api import figures, operator
from gateway.clients.services import Services

TOKENS = TestTokens()
SERVICES = ("accounts", "orders", "payments")
EUR = {"amount": 94_548, "currency": "EUR"}
ORDERS = {
    "as_of": "2026-11-27T09:00:00Z",
    "open": [{"state": "awaiting_payment", "orders": 3}],
    "ended_last_day": [{"state": "completed", "orders": 1}],
    "holds": [
        {
            "order_id": str(new_id()),
            "number": 100_042,
            "market": "fr-pro",
            "state": "awaiting_payment",
            "gross": EUR,
            "received": {"amount": 0, "currency": "EUR"},
            "hold_until": "2026-11-27T22:59:59Z",
        }
    ],
    "holds_within_a_day": 1,
    "late_parts": 2,
    "asked_about": 1,
}
PAYMENTS = {
    "as_of": "2026-11-27T09:00:00Z",
    "balances": [{"kind": "buyer.escrow", "balance": EUR, "accounts": 2}],
    "unswept_commission": [EUR],
}
WAITING = {
    "handler": "orders:payments.payment",
    "aggregate_id": str(new_id()),
    "seq": 2,
    "topic": "payments.payment",
    "type": "payments.payment.secured.v1",
    "reason": "poison",
    "detail": "KeyError: 'amount'",
    "attempts": 8,
    "parked_at": "2026-11-27T09:00:00Z",
}


class Platform:
    """Services behind the gateway, each answering what is scripted for its path."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Callable[[], httpx.Response]] = {
            ("orders", "/internal/figures"): lambda: httpx.Response(200, json=ORDERS),
            ("payments", "/internal/figures"): lambda: httpx.Response(200, json=PAYMENTS),
        }
        app = make_app(title="gateway", description="", routers=[operator.router, figures.router])
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        app.state.services = Services(client, {name: f"http://{name}" for name in SERVICES}, "inside")
        app.state.verifier = TOKENS.verifier
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge")

    async def ask(self, method: str, path: str, *scopes: str) -> tuple[int, Any]:
        headers = TOKENS.headers("operator", new_id(), *(scopes or ("operator:events", "audit:read")))
        answer = await self._client.request(method, path, headers=headers)
        return answer.status_code, answer.json()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["Regrade-Internal-Token"] == "inside"
        return self.answers[request.url.host, request.url.path]()


def refuse() -> httpx.Response:
    raise httpx.ConnectError("refused")


def hang() -> httpx.Response:
    raise httpx.ReadTimeout("too slow")


@pytest.fixture
def platform() -> Platform:
    return Platform()


async def test_figures_come_from_each_service(platform: Platform) -> None:
    status, found = await platform.ask("GET", "/v1/operator/figures")
    assert (status, found) == (200, {"orders": ORDERS, "payments": PAYMENTS, "silent": []})


@pytest.mark.parametrize(
    "answer", [refuse, hang, lambda: httpx.Response(404), lambda: httpx.Response(200, json={"as_of": "?"})]
)
async def test_a_silent_service_is_named_and_the_other_one_is_shown(
    platform: Platform, answer: Callable[[], httpx.Response]
) -> None:
    platform.answers["payments", "/internal/figures"] = answer
    status, found = await platform.ask("GET", "/v1/operator/figures")
    assert (status, found) == (200, {"orders": ORDERS, "payments": None, "silent": ["payments"]})


async def test_auditors_see_the_figures_and_companies_do_not(platform: Platform) -> None:
    assert (await platform.ask("GET", "/v1/operator/figures", "audit:read"))[0] == 200
    status, problem = await platform.ask("GET", "/v1/operator/figures", "orders:read", "payments:read")
    assert (status, problem["code"]) == (403, "scope_missing")


async def test_the_parked_messages_of_one_service_are_read_while_another_is_down(platform: Platform) -> None:
    platform.answers["orders", "/internal/parked"] = lambda: httpx.Response(200, json=[WAITING])
    status, found = await platform.ask("GET", "/v1/operator/parked?service=orders")
    assert (status, found) == (200, [{"service": "orders", **WAITING, "may_redrive": True}])
    _, seen = await platform.ask("GET", "/v1/operator/parked?service=orders", "audit:read")
    assert [one["may_redrive"] for one in seen] == [False]
    status, problem = await platform.ask("GET", "/v1/operator/parked?service=nobody")
    assert (status, problem["code"]) == (422, "no_such_service")


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        (lambda: httpx.Response(200, json={"handled": 2}), 200, {"handled": 2}),
        (lambda: httpx.Response(500, json={"code": "internal_error"}), 409, "still_failing"),
        (lambda: httpx.Response(503, json={"code": "database_unavailable"}), 503, "service_unavailable"),
        (refuse, 503, "service_unavailable"),
    ],
)
async def test_a_redrive_tells_whether_it_worked(
    platform: Platform, answer: Callable[[], httpx.Response], status: int, told: Any
) -> None:
    path = f"/parked/{WAITING['handler']}/{WAITING['aggregate_id']}/redrive"
    platform.answers["orders", f"/internal{path}"] = answer
    found, body = await platform.ask("POST", f"/v1/operator{path.replace('/parked', '/parked/orders')}")
    assert (found, body if status == 200 else body["code"]) == (status, told)
