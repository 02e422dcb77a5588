"""The provider's client: it asks by our reference before it acts, and knows "no" from "unknown"."""

import json
from collections.abc import Callable

import httpx
import pytest

from payments.clients.psp import PspClient
from payments.domain.errors import ProviderRefused, ProviderUnavailable
from services.payments.tests.builders import eur

Answer = Callable[[httpx.Request], httpx.Response]
REFUND = {
    "reference": "ref-1",
    "status": "created",
    "amount": {"amount": 500, "currency": "EUR"},
    "failure_reason": None,
}


def psp(answer: Answer) -> PspClient:
    return PspClient(httpx.AsyncClient(transport=httpx.MockTransport(answer)), "http://psp/psp/v1", "key")


async def test_a_call_that_was_made_before_is_not_made_again() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.path}?{request.url.query.decode()}")
        return httpx.Response(200, json={"items": [REFUND], "next_cursor": None})

    found = await psp(answer).refund("ref-1", "crd_1", "wal_1", eur(500))
    assert (found.reference, found.status) == ("ref-1", "created")
    assert seen == ["GET /psp/v1/refunds?reference=ref-1"]


async def test_a_first_call_carries_its_reference_as_key() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        assert request.headers["Idempotency-Key"] == "refunds/ref-1"
        assert request.headers["Authorization"] == "Bearer key"
        assert json.loads(request.content)["amount"] == {"amount": 500, "currency": "EUR"}
        return httpx.Response(201, json=REFUND)

    assert (await psp(answer).refund("ref-1", "crd_1", "wal_1", eur(500))).amount == eur(500)


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
async def test_an_answer_that_says_nothing_is_unknown(status: int) -> None:
    with pytest.raises(ProviderUnavailable):
        await psp(lambda request: httpx.Response(status)).find_refund("ref-1")


async def test_a_timeout_is_unknown() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    with pytest.raises(ProviderUnavailable):
        await psp(answer).refund("ref-1", "crd_1", "wal_1", eur(500))


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx.Response(409, json={"code": "insufficient_funds"}), "insufficient_funds"),
        (httpx.Response(422), "http_422"),
    ],
)
async def test_a_refusal_is_a_definite_no_with_its_code(response: httpx.Response, code: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return response if request.method == "POST" else httpx.Response(200, json={"items": [], "next_cursor": None})

    with pytest.raises(ProviderRefused) as refusal:
        await psp(answer).transfer("ref-1", "wal_1", "wal_2", eur(500))
    assert refusal.value.detail == code


class KeepsItsNo:
    """A provider that answers a key twice with the same words, also when the wallet has been filled meanwhile."""

    def __init__(self) -> None:
        self.balance = 0
        self.kept: dict[str, httpx.Response] = {}
        self.moved: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if "/wallets/" in request.url.path:
            return httpx.Response(200, json={"id": "wal_1", "balance": {"amount": self.balance, "currency": "EUR"}})
        if request.method == "GET":
            return httpx.Response(200, json={"items": [], "next_cursor": None})
        key = request.headers["Idempotency-Key"]
        if key in self.kept:
            before = self.kept[key]
            return httpx.Response(before.status_code, content=before.content, headers={"Idempotent-Replayed": "true"})
        amount = json.loads(request.content)["amount"]["amount"]
        if amount > self.balance:
            self.kept[key] = httpx.Response(409, json={"code": "insufficient_funds"})
        else:
            self.balance -= amount
            self.moved.append(amount)
            self.kept[key] = httpx.Response(201, json={"reference": "ref-1"})
        return self.kept[key]


async def test_a_transfer_refused_for_want_of_money_goes_through_once_when_the_money_is_there() -> None:
    provider = KeepsItsNo()
    for _ in range(3):
        with pytest.raises(ProviderRefused):
            await psp(provider).transfer("ref-1", "wal_1", "wal_2", eur(500))
    assert len(provider.kept) == 1, "an empty wallet is looked at, no key is spent on it"
    provider.balance = 1_200
    for _ in range(3):
        await psp(provider).transfer("ref-1", "wal_1", "wal_2", eur(500))
    assert provider.moved == [500]


async def test_credits_are_read_to_the_last_page_and_given_oldest_first() -> None:
    def credit(n: int) -> dict[str, object]:
        return {
            "id": f"crd_{n}", "virtual_account_id": "va_1", "wallet_id": "wal_1",
            "amount": {"amount": n, "currency": "EUR"}, "value_date": "2026-11-21",
            "booked_at": "2026-11-21T09:00:00+00:00", "debtor_name": "A", "debtor_iban": "FR76", "remittance": "",
        }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("cursor") == "2":
            return httpx.Response(200, json={"items": [credit(1)], "next_cursor": None})
        return httpx.Response(200, json={"items": [credit(3), credit(2)], "next_cursor": "2"})

    found = await psp(answer).credits_of("va_1")
    assert [one.credit_id for one in found] == ["crd_1", "crd_2", "crd_3"]
