"""The flows a partner feels, through the gateway: pushing a warehouse, placing an order, searching."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from httpx_aiohttp import AiohttpTransport

from regrade import demo
from regrade.story import Member


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        ordered = sorted(seconds)
        at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.50, 0.99)]
        return cls(*at)


def client(gateway: str, member: Member) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {member.api_key}"}
    return httpx.AsyncClient(transport=AiohttpTransport(), base_url=gateway, headers=headers, timeout=60)


def line(n: int, quantity: int, price: int) -> dict[str, Any]:
    return {
        "sku": f"BENCH-{n}",
        "product": {"brand": "Bench", "model": f"Phone {n % 500}", "category": "smartphone", "storage": "128GB"},
        "grade": "good",
        "price": {"amount": price, "currency": "EUR"},
        "quantity": quantity,
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 12,
        "battery_health_percent": 90,
        "dispatch_business_days": 1,
        "markets": ["fr-pro"],
    }


async def push(gateway: str, seller: Member, *, lines: int, rounds: int) -> float:
    """Lines a second, all of them changed, durable at the answer."""
    async with client(gateway, seller) as http:
        spent = 0.0
        for round_ in range(rounds + 1):
            body = "\n".join(json.dumps(line(n, 100_000, 10_000 + round_)) for n in range(lines)).encode()
            began = time.monotonic()
            headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/x-ndjson"}
            answer = await http.patch("/v1/seller/offers", content=body, headers=headers)
            answer.raise_for_status()
            # The first round creates; what a partner does all day is to update.
            spent += time.monotonic() - began if round_ else 0
            rejected = [one for one in map(json.loads, answer.text.splitlines()) if one["status"] == "rejected"]
            assert not rejected, rejected[0]
        return lines * rounds / spent


async def order(
    gateway: str, buyer: Member, offers: list[str], *, connections: int, seconds: float
) -> tuple[float, Latency]:
    """Orders a second answered with 201 (stock held), closed loop, and how long one waited."""
    waited: list[float] = []
    until = time.monotonic() + seconds

    async def one(http: httpx.AsyncClient, worker: int) -> None:
        n = worker
        while time.monotonic() < until:
            body = {
                "lines": [{"offer_id": offers[n % len(offers)], "quantity": 1}],
                "deliver_to": demo.BUYER.deliver_to(),
            }
            began = time.monotonic()
            answer = await http.post("/v1/orders", json=body, headers={"Idempotency-Key": str(uuid4())})
            assert answer.status_code == 201, answer.text
            waited.append(time.monotonic() - began)
            n += connections

    async with client(gateway, buyer) as http:
        await asyncio.gather(*(one(http, worker) for worker in range(connections)))
    return len(waited) / seconds, Latency.of(waited)


async def search(gateway: str, buyer: Member, *, connections: int, seconds: float) -> tuple[float, Latency]:
    """Searches a second by two words, 20 hits."""
    waited: list[float] = []
    until = time.monotonic() + seconds

    async def one(http: httpx.AsyncClient, worker: int) -> None:
        n = worker
        while time.monotonic() < until:
            began = time.monotonic()
            answer = await http.get("/v1/offers", params={"q": f"bench phone {n % 500}", "limit": 20})
            answer.raise_for_status()
            waited.append(time.monotonic() - began)
            n += connections

    async with client(gateway, buyer) as http:
        await asyncio.gather(*(one(http, worker) for worker in range(connections)))
    return len(waited) / seconds, Latency.of(waited)
