"""The test kit: a sandbox to talk to, a platform that takes its webhooks, and short words for common steps."""

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from standardwebhooks.webhooks import Webhook as Verifier

from launcher.ports import free_port
from sandbox.settings import Settings

PSP_KEY = "psp_test_key"
PSP_SECRET = "whsec_cHNwLXNlY3JldC1mb3ItdGVzdHMtb25seS0wMDAx"
CARRIER_SECRET = "whsec_Y2Fycmllci1zZWNyZXQtZm9yLXRlc3RzLTAwMDE="
GERMAN_IBAN = "DE89370400440532013000"
FRENCH_IBAN = "FR1420041010050500013M02606"

Found = TypeVar("Found")


def euros(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "EUR"}


def settings_for(database_url: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 0,
        "smtp_host": "127.0.0.1",
        "smtp_port": free_port(),
        "database_url": database_url,
        "gateway_url": "http://platform",
        "psp_api_key": PSP_KEY,
        "psp_webhook_secret": PSP_SECRET,
        "carrier_webhook_secret": CARRIER_SECRET,
        "hang_seconds_max": 0.2,
        "settle_after_seconds": 0.0,
    }
    return Settings(**values | changes)


async def eventually(look: Callable[[], Awaitable[Found | None]], seconds_max: float = 60.0) -> Found:
    """The first answer of `look` that is something; fails after the deadline."""
    deadline = time.monotonic() + seconds_max
    while True:
        if found := await look():
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


@dataclass
class Platform:
    """Takes webhooks as the gateway would: verifies the signature, keeps the message, answers as told."""

    received: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    attempts: int = 0
    refuse_times: int = 0

    async def take(self, request: httpx.Request) -> httpx.Response:
        self.attempts += 1
        if self.refuse_times > 0:
            self.refuse_times -= 1
            return httpx.Response(503)
        path = request.url.path
        secret = {"/v1/webhooks/psp": PSP_SECRET, "/v1/webhooks/carrier": CARRIER_SECRET}[path]
        Verifier(secret).verify(request.content, dict(request.headers))
        body = json.loads(request.content)
        assert request.headers["webhook-id"] == body["id"]
        self.received.append((path, body["id"], body))
        return httpx.Response(204)

    def of_type(self, type: str) -> list[dict[str, Any]]:
        return [body for _, _, body in self.received if body["type"] == type]

    async def gets(self, type: str, times: int = 1) -> list[dict[str, Any]]:
        async def look() -> list[dict[str, Any]] | None:
            found = self.of_type(type)
            return found if len(found) >= times else None

        return await eventually(look)


@dataclass
class Sandbox:
    """The sandbox from outside, with the API key already in hand."""

    http: httpx.AsyncClient
    platform: Platform
    settings: Settings

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        """POST to the payment provider, with a fresh key unless one is given."""
        headers = {"authorization": f"Bearer {PSP_KEY}", "idempotency-key": key or uuid.uuid4().hex}
        return await self.http.post(f"/psp/v1{path}", json=body, headers=headers)

    async def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.post(path, body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(f"/psp/v1{path}", params=query, headers={"authorization": f"Bearer {PSP_KEY}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def a_wallet(self, reference: str = "escrow", currency: str = "EUR") -> str:
        user = {"reference": f"owner of {reference}", "kind": "buyer", "name": "Reparo SAS", "country": "FR"}
        owner = await self.made("/users", user)
        wallet = {"owner_id": owner["id"], "reference": reference, "currency": currency}
        wallet_id: str = (await self.made("/wallets", wallet))["id"]
        return wallet_id

    async def an_account(self, wallet_id: str, reference: str = "buyer-1", **more: Any) -> dict[str, Any]:
        body = {"wallet_id": wallet_id, "reference": reference, "holder_name": "Reparo SAS", "country": "FR"}
        return await self.made("/virtual-accounts", body | {"currency": "EUR"} | more)

    async def wire(self, iban: str, minor: int, **more: Any) -> httpx.Response:
        body = {"iban": iban, "amount": euros(minor), "debtor_name": "Reparo SAS", "debtor_iban": GERMAN_IBAN}
        return await self.http.post("/bank/transfers", json=body | more)

    async def a_credit(self, wallet_id: str, minor: int) -> dict[str, Any]:
        """Money that really came in."""
        account = await self.an_account(wallet_id)
        answer = await self.wire(account["iban"], minor, remittance="ORD-1")
        assert answer.status_code == 201, answer.text
        credit: dict[str, Any] = answer.json()
        return credit

    async def a_filled_wallet(self, minor: int, reference: str = "escrow") -> str:
        wallet_id = await self.a_wallet(reference)
        await self.a_credit(wallet_id, minor)
        return wallet_id

    async def holds(self, wallet_id: str) -> int:
        balance: int = (await self.get(f"/wallets/{wallet_id}"))["balance"]["amount"]
        return balance

    async def fault(self, name: str, mode: str, **more: Any) -> None:
        answer = await self.http.put(f"/faults/{name}", json={"mode": mode, **more})
        assert answer.status_code == 200, answer.text


def a_payout(wallet_id: str, minor: int, **more: Any) -> dict[str, Any]:
    return {
        "reference": "pay-1",
        "wallet_id": wallet_id,
        "creditor_name": "Phone Again GmbH",
        "creditor_iban": FRENCH_IBAN,
        "amount": euros(minor),
        "remittance": "week 47",
    } | more
