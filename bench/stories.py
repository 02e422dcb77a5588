"""Whole purchases through the gateway: placed, paid by transfer, shipped, invoiced; run in the generator's process."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from httpx_aiohttp import AiohttpTransport

from bench.generator import Load
from regrade import demo, numbers

# How often a waiting client looks again.
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Cast:
    """Addresses and keys of who plays; `buyers` are (API key, name, IBAN)."""

    gateway: str
    outside: str
    buyers: Sequence[tuple[str, str, str]]
    seller_key: str
    offers: Sequence[str]


def play(cast: Cast, stories: int, at_once: int) -> Load:
    """So many purchases, so many of them at a time."""
    return asyncio.run(_play(cast, stories, at_once))


async def _play(cast: Cast, stories: int, at_once: int) -> Load:
    waited: list[float] = []
    left = iter(range(stories))
    cpu, began = time.process_time(), time.monotonic()

    async def one_after_the_other(http: httpx.AsyncClient) -> None:
        for n in left:
            at = time.monotonic()
            await _Purchase(http, cast, n).play()
            waited.append(time.monotonic() - at)

    async with httpx.AsyncClient(transport=AiohttpTransport(), base_url=cast.gateway, timeout=60) as http:
        await asyncio.gather(*(one_after_the_other(http) for _ in range(at_once)))
    spent, cpu = time.monotonic() - began, time.process_time() - cpu
    return Load(len(waited), len(waited), spent, cpu, waited, 0, None)


class _Purchase:
    def __init__(self, http: httpx.AsyncClient, cast: Cast, n: int) -> None:
        self._http = http
        self._cast = cast
        self._key, self._name, self._iban = cast.buyers[n % len(cast.buyers)]
        self._offer = cast.offers[n % len(cast.offers)]

    async def play(self) -> None:
        body = {"lines": [{"offer_id": self._offer, "quantity": 1}], "deliver_to": demo.BUYER.deliver_to()}
        order = await self._post("/v1/orders", body, self._key)
        order = await self._order_when(order["id"], lambda one: one["payment"] and one["payment"]["virtual_account"])
        await self._pay(order)
        order = await self._order_when(order["id"], lambda one: one["seller_orders"][0]["state"] == "to_ship")
        await self._ship(order["seller_orders"][0]["id"])
        await self._when(lambda: self._invoice_of(order["id"]))

    async def _pay(self, order: dict[str, Any]) -> None:
        payment = order["payment"]
        transfer = {
            "iban": payment["virtual_account"]["iban"],
            "amount": payment["amount_due"],
            "debtor_name": self._name,
            "debtor_iban": self._iban,
            "remittance": payment["reference"],
        }
        await self._post(f"{self._cast.outside}/bank/transfers", transfer, self._key)

    async def _ship(self, part: str) -> None:
        units = [{"imei": numbers.imei(part)}]
        parcel = {
            "carrier": "DHL",
            "tracking_number": f"RG{numbers.imei(part)[2:13]}",
            "lines": [{"line_no": 1, "units": units}],
        }
        await self._post(f"/v1/seller/orders/{part}/shipments", parcel, self._cast.seller_key)

    async def _invoice_of(self, order_id: str) -> Any:
        found = await self._get(f"/v1/invoices?order_id={order_id}")
        return [one for one in found["items"] if one["state"] == "issued"]

    async def _order_when(self, order_id: str, ready: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            order: dict[str, Any] = await self._get(f"/v1/orders/{order_id}")
            return order if ready(order) else None

        found: dict[str, Any] = await self._when(look)
        return found

    async def _when(self, look: Callable[[], Awaitable[Any]]) -> Any:
        until = time.monotonic() + _PATIENCE_SECONDS
        while not (found := await look()):
            assert time.monotonic() < until, "a purchase got stuck"
            await asyncio.sleep(_LOOK_SECONDS)
        return found

    async def _get(self, path: str) -> Any:
        answer = await self._http.get(path, headers={"Authorization": f"Bearer {self._key}"})
        answer.raise_for_status()
        return answer.json()

    async def _post(self, path: str, body: dict[str, Any], key: str) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}
        answer = await self._http.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()
