"""The other services, over their internal HTTP interfaces."""

from datetime import datetime
from typing import Any

import httpx

from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from payments.domain.errors import FactsNotKnownYet, PartyNotKnownYet, ServiceUnavailable
from payments.domain.facts import DeliveryAddress
from payments.domain.party import Party


class InternalClient:
    """GETs with the platform's internal token. Every failure is temporary for an errand: it comes again."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, internal_token: str) -> None:
        self._http = http
        self._base_url = base_url
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}

    async def get(self, path: str) -> dict[str, Any] | None:
        """The JSON document, or None for a 404."""
        try:
            response = await self._http.get(f"{self._base_url}{path}", headers=self._headers)
        except httpx.HTTPError as error:
            raise ServiceUnavailable(f"{type(error).__name__} at {path}") from error
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.status_code != httpx.codes.OK:
            raise ServiceUnavailable(f"{response.status_code} at {path}")
        found: dict[str, Any] = response.json()
        return found


class AccountsClient:
    """`GET /internal/parties/{company_id}`."""

    def __init__(self, internal: InternalClient) -> None:
        self._internal = internal

    async def fetch_party(self, company_id: Id, at: datetime) -> Party:
        """The company's snapshot as it is now."""
        snapshot = await self._internal.get(f"/internal/parties/{company_id}")
        if snapshot is None:
            raise PartyNotKnownYet(company_id=str(company_id))
        return Party(company_id, int(snapshot["version"]), snapshot, at)


class OrdersClient:
    """`GET /internal/orders/{order_id}` and its `ship-by`."""

    def __init__(self, internal: InternalClient) -> None:
        self._internal = internal

    async def delivery_address(self, order_id: Id, shipment_id: Id) -> DeliveryAddress:
        """Where a parcel of an order went: to the order's address, or where its buyer had it sent instead."""
        order = await self._internal.get(f"/internal/orders/{order_id}")
        if order is None:
            raise FactsNotKnownYet(order_id=str(order_id))
        moved = next(
            (
                part.get("moved_to")
                for part in order["seller_orders"]
                if any(one["id"] == str(shipment_id) for one in part["shipments"])
            ),
            None,
        )
        place = moved or order["deliver_to"]
        address = {key: place[key] for key in ("street", "postal_code", "city", "country")}
        return DeliveryAddress(place["company"], address, order.get("buyer_reference"))

    async def ship_by(self, order_id: Id) -> datetime:
        """When the last parcel would have to leave if the order were secured now."""
        found = await self._internal.get(f"/internal/orders/{order_id}/ship-by")
        if found is None:
            raise FactsNotKnownYet(order_id=str(order_id))
        return datetime.fromisoformat(found["ship_by"])
