"""What belongs to one company does not exist for another, whoever asks and whatever they know of its ids."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from regrade import demo
from regrade.platform import wait_for
from tests.journeys.people import People, refused
from tests.journeys.prey import Prey

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("unchanged")]


@pytest.fixture(scope="session")
def owned(prey: Prey) -> dict[str, str]:
    """Ids of what the first buyer and the first seller have, read by themselves."""
    people = prey.people
    a_refund(prey)
    payment = people.read("buyer", f"/v1/payments?order_id={prey.completed}")["items"][0]
    invoice = next(
        one
        for one in people.read("buyer", f"/v1/invoices?order_id={prey.completed}")["items"]
        if one["seller_id"] == prey.world.sellers[0].company_id
    )
    return {
        "unpaid": prey.unpaid,
        "completed": prey.completed,
        "seller_order": prey.to_ship["id"],
        "payment": payment["id"],
        "invoice": invoice["id"],
        "key": prey.api_key_id,
        "applicant": prey.applicant_id,
    }


def a_refund(prey: Prey) -> None:
    """Money for an order that was cancelled before it came: it goes back to the buyer."""
    story, buyer = prey.world.story, prey.world.buyer
    order = story.place_order(buyer, [(prey.offer, 1)], demo.BUYER.deliver_to(), "paid too late")
    order, _ = story.purchase_order(buyer, order["id"])
    buyer.caller.post(f"/v1/orders/{order['id']}/cancellation")
    story.order_in(buyer, order["id"], "CANCELLED_BY_BUYER")
    story.wire(buyer, order)
    wait_for(lambda: next(buyer.caller.each("/v1/refunds"), None), "a refund")


HIDDEN = [
    ("rival", "/v1/orders/{completed}", "order_not_found"),
    ("rival", "/v1/orders/{completed}/purchase-order", "order_not_found"),
    ("rival", "/v1/payments/{payment}", "payment_not_found"),
    ("rival", "/v1/invoices/{invoice}", "invoice_not_found"),
    ("rival", "/v1/invoices/{invoice}/pdf", "invoice_not_found"),
    ("rival", "/v1/invoices/{invoice}/xml", "invoice_not_found"),
    ("other seller", "/v1/seller/orders/{seller_order}", "seller_order_not_found"),
    ("other seller", "/v1/invoices/{invoice}", "invoice_not_found"),
    ("other seller", "/v1/invoices/{invoice}/pdf", "invoice_not_found"),
    ("seller", "/v1/payments/{payment}", "payment_not_found"),
    ("applicant", "/v1/seller/orders/{seller_order}", "seller_order_not_found"),
]


@pytest.mark.parametrize(("who", "path", "code"), HIDDEN)
def test_a_stranger_reads_nothing(people: People, owned: dict[str, str], who: str, path: str, code: str) -> None:
    refused(people.ask(who, "GET", path.format(**owned)), 404, code)


LISTS = [
    ("rival", "/v1/orders"),
    ("rival", "/v1/payments?order_id={completed}"),
    ("rival", "/v1/invoices?order_id={completed}"),
    ("rival", "/v1/refunds"),
    ("rival", "/v1/coverages?order_id={completed}"),
    ("applicant", "/v1/seller/orders"),
    ("applicant", "/v1/seller/settlements"),
    ("applicant", "/v1/payouts"),
    ("applicant", "/v1/invoices"),
    ("applicant", "/v1/seller/offers"),
]
OWNERS = {"rival": "buyer", "applicant": "seller"}


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_a_list_shows_its_owner_only(people: People, owned: dict[str, str], who: str, path: str) -> None:
    mine = {str(one) for one in people.read(OWNERS[who], path.format(**owned))["items"]}
    theirs = {str(one) for one in people.read(who, path.format(**owned))["items"]}
    assert mine
    assert not mine & theirs


WRITES: list[tuple[str, str, str, str]] = [
    ("rival", "POST", "/v1/orders/{unpaid}/cancellation", "order_not_found"),
    ("rival", "DELETE", "/v1/api-keys/{key}", "api_key_not_found"),
    ("other seller", "POST", "/v1/seller/orders/{seller_order}/acceptance", "seller_order_not_found"),
    ("other seller", "POST", "/v1/seller/orders/{seller_order}/shipments", "seller_order_not_found"),
    ("applicant", "POST", "/v1/seller/orders/{seller_order}/shipments", "seller_order_not_found"),
]


@pytest.mark.parametrize(("who", "method", "path", "code"), WRITES)
def test_a_stranger_writes_nothing(
    prey: Prey, people: People, owned: dict[str, str], who: str, method: str, path: str, code: str
) -> None:
    request: dict[str, Any] = {"json": prey.parcel()} if path.endswith("shipments") else {}
    refused(people.write(who, method, path.format(**owned), **request), 404, code)


def test_a_seller_who_is_not_admitted_pushes_nothing(people: People) -> None:
    answer = people.write(
        "applicant",
        "PATCH",
        "/v1/seller/offers",
        content=b'{"sku": "A", "quantity": 1}\n',
        headers={"Content-Type": "application/x-ndjson"},
    )
    refused(answer, 409, "seller_not_active")


def test_a_seller_cannot_touch_the_offer_of_another_by_its_sku(prey: Prey, people: People) -> None:
    answer = people.write(
        "other seller",
        "PATCH",
        "/v1/seller/offers",
        content=b'{"sku": "%b", "quantity": 0}\n' % prey.offer["sku"].encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200
    assert answer.json()["status"] == "rejected"


def test_operators_pages_are_for_operators(people: People) -> None:
    for path in (
        "/v1/operator/sellers",
        "/v1/operator/status",
        "/v1/operator/parked",
        "/v1/operator/figures",
        "/v1/events",
        "/v1/bank-lines",
    ):
        for who in ("buyer", "seller", "buyer's program"):
            refused(people.ask(who, "GET", path), 403, "scope_missing")


def test_internal_pages_do_not_exist_for_anybody_outside(prey: Prey, people: People) -> None:
    for path in ("/internal/status", f"/internal/parties/{prey.rival.company_id}", f"/internal/orders/{prey.unpaid}"):
        for guess in ({}, {"Regrade-Internal-Token": "guess"}, {"Regrade-Internal-Token": ""}):
            refused(people.ask("operator", "GET", path, headers=guess), 404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/offers/../../metrics",
        "/v1/offers/..%2f..%2fmetrics",
        "/v1/offers/%2e%2e/%2e%2e/internal/status",
        "/v1/offers/a%00b",
        "/v1/offers/a%0d%0aX-Injected:%20yes",
        "/internal/status",
        "/v1/orders/../../openapi.json",
        "/v1/offers/",
        "/metrics/",
        "/docs",
    ],
)
def test_no_path_climbs_behind_the_edge(prey: Prey, path: str) -> None:
    # The clients we use elsewhere tidy a path up before it leaves.
    gateway = urlsplit(prey.world.platform.gateway)
    assert gateway.hostname is not None
    connection = http.client.HTTPConnection(gateway.hostname, gateway.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {prey.world.buyer.api_key}"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (404, "not_found")
    finally:
        connection.close()
