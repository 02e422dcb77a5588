"""What payments asks of orders before it numbers an invoice."""

from typing import Any

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from payments.clients.services import InternalClient, OrdersClient
from payments.domain.errors import FactsNotKnownYet

PARIS = {"company": "Reparo SAS", "street": "4 rue Neuve", "postal_code": "75002", "city": "Paris", "country": "FR"}
LYON = {**PARIS, "street": "2 quai Sud", "postal_code": "69001", "city": "Lyon"}
AS_ORDERED, SENT_ELSEWHERE = new_id(), new_id()


def client(order: dict[str, Any] | None) -> OrdersClient:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Regrade-Internal-Token"] == "inside"
        return httpx.Response(404) if order is None else httpx.Response(200, json=order)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return OrdersClient(InternalClient(http, "http://orders", "inside"))


@pytest.mark.parametrize(("shipment_id", "city"), [(AS_ORDERED, "Paris"), (SENT_ELSEWHERE, "Lyon")])
async def test_an_invoice_names_the_place_its_own_parcel_went_to(shipment_id: Id, city: str) -> None:
    parts = [
        {"moved_to": None, "shipments": [{"id": str(AS_ORDERED)}]},
        {"moved_to": LYON, "shipments": [{"id": str(SENT_ELSEWHERE)}]},
    ]
    order = {"deliver_to": PARIS, "buyer_reference": "PO 7", "seller_orders": parts}
    found = await client(order).delivery_address(new_id(), shipment_id)
    assert (found.name, found.address["city"], found.buyer_reference) == ("Reparo SAS", city, "PO 7")


async def test_an_order_nobody_knows_yet_is_asked_for_again() -> None:
    with pytest.raises(FactsNotKnownYet):
        await client(None).delivery_address(new_id(), AS_ORDERED)
