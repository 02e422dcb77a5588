"""Each public door × everybody who might knock: signed in or not, of the right kind or not, its owner or a stranger."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

import httpx
import pytest

from regrade.platform import wait_for
from tests.journeys.access import ACCESS, may, owned, published
from tests.journeys.doors import DOORS, NDJSON, NOBODY
from tests.journeys.people import People, refused
from tests.journeys.prey import Prey

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("unchanged")]

WHO = {
    "buyer": "buyer",
    "rival": "buyer",
    "seller": "seller",
    "other seller": "seller",
    "applicant": "seller",
    "operator": "operator",
    "auditor": "auditor",
}
# It answers for as long as somebody listens: seen in test_events.
ENDLESS = {"GET /v1/events"}
GUARDED = sorted(door for door, letters in ACCESS.items() if letters != "-")


@dataclass(frozen=True)
class Things:
    """Something that is there for each id of a path, and who of the people it belongs to."""

    ids: Mapping[str, str]
    owners: Mapping[str, frozenset[str]]

    def path(self, door: str) -> str:
        """The door's path to these things; nobody's where an id belongs to no company."""
        return template(door).format_map({name: self.ids.get(name, NOBODY) for name in names_in(door)})

    def strange_to(self, door: str, who: str) -> bool:
        """Whether something on the path belongs to somebody else."""
        return any(who not in self.owners[name] for name in names_in(door) if name in self.owners)


@pytest.fixture(scope="module")
def things(prey: Prey) -> Iterator[Things]:
    people, story, seller = prey.people, prey.world.story, prey.world.sellers[0]

    def of_seller(path: str) -> str:
        found = people.read("buyer", f"{path}?order_id={prey.completed}")["items"]
        return str(next(one for one in found if one["seller_id"] == seller.company_id)["id"])

    payment = people.read("buyer", f"/v1/payments?order_id={prey.unpaid}")["items"][0]["id"]
    made = people.write("buyer", "POST", f"/v1/payments/{payment}/card_payments")
    coverage = next(
        one
        for one in people.read("buyer", f"/v1/coverages?order_id={prey.completed}")["items"]
        if one["seller_id"] == seller.company_id
    )
    case = story.open_case(prey.world.buyer, prey.completed, coverage["lines"][0]["units"][0])
    asked = people.write(
        "buyer",
        "POST",
        "/v1/quote-requests",
        json={"lines": [{"category": "smartphone", "model": "Apple iPhone 13", "quantity": 30}]},
    ).json()
    quotes = f"/v1/quote-requests/{asked['id']}"
    offered = {"lines": [{"line_no": 1, "offer_id": prey.offer["id"], "quantity": 1, "unit_price": 10_000}]}
    bid = people.write("seller", "PUT", f"{quotes}/bid", json=offered).json()
    people.write("buyer", "POST", f"{quotes}/round-closure")
    wait_for(
        lambda: people.ask("buyer", "GET", f"{quotes}/bids/{bid['id']}/quote").is_success or None, "the quote's paper"
    )
    unit = {"serial": "MATRIXUNIT1", "sku": prey.offer["sku"], "grade": prey.offer["grade"]}
    people.write("seller", "PATCH", "/v1/seller/units", content=json.dumps(unit), headers=NDJSON)
    table = {"content": f"sku,quantity\n{prey.offer['sku']},1\n", "headers": {"Content-Type": "text/csv"}}
    imported = people.write("seller", "POST", "/v1/seller/imports?dry_run=true", **table).json()
    wanted = {"name": "Cart of the matrix", "lines": [{"offer_id": prey.offer["id"], "quantity": 1}]}
    cart = people.write("buyer", "POST", "/v1/carts", json=wanted).json()
    buyers, sellers, both = frozenset({"buyer"}), frozenset({"seller"}), frozenset({"buyer", "seller"})
    yield Things(
        ids={
            "service": "accounts",
            "order_id": prey.completed,
            "seller_order_id": prey.to_ship["id"],
            "payment_id": payment,
            "card_payment_id": made.json()["id"],
            "invoice_id": of_seller("/v1/invoices"),
            "shipment_id": coverage["shipment_id"],
            "case_id": case["id"],
            "quote_request_id": asked["id"],
            "bid_id": bid["id"],
            "key_id": prey.api_key_id,
            "offer_id": prey.offer["id"],
            "unit_id": people.read("seller", f"/v1/seller/units?number={unit['serial']}")["items"][0]["id"],
            "import_id": imported["id"],
            "cart_id": cart["id"],
        },
        owners={
            "order_id": buyers,
            "seller_order_id": sellers,
            "payment_id": buyers,
            "card_payment_id": buyers,
            "invoice_id": both,
            "shipment_id": both,
            "case_id": both,
            # The round is closed: who has not answered does not see it any more.
            "quote_request_id": both,
            "bid_id": both,
            "key_id": buyers,
            "offer_id": sellers,
            "unit_id": sellers,
            "import_id": sellers,
            "cart_id": buyers,
        },
    )
    people.write("buyer", "POST", f"/v1/cases/{case['id']}/withdrawal")
    people.write("buyer", "POST", f"/v1/quote-requests/{asked['id']}/declination")
    people.write("buyer", "DELETE", f"/v1/carts/{cart['id']}")


def test_no_door_is_missing_from_the_matrix() -> None:
    assert set(ACCESS) == published()


@pytest.mark.parametrize("door", GUARDED)
def test_a_door_opens_to_whom_it_may(prey: Prey, people: People, things: Things, door: str) -> None:
    refused(knock(prey, people, things, door, None), 401, "not_signed_in")
    for who, kind in WHO.items():
        if not may(door, kind):
            refused(knock(prey, people, things, door, who), 403, "scope_missing")
        elif owned(door, kind) and things.strange_to(door, who):
            answer = knock(prey, people, things, door, who)
            assert (answer.status_code, answer.json()["code"].endswith("_not_found")) == (404, True), (who, answer.text)
        elif door.startswith("GET ") and door not in ENDLESS:
            answer = knock(prey, people, things, door, who)
            # What an operator asks by an id of nobody's is not there, and neither is a buyer's case as a seller.
            assert answer.status_code == 200 or (answer.status_code == 404 and not owned(door, kind)), (
                who,
                answer.text,
            )


def knock(prey: Prey, people: People, things: Things, door: str, who: str | None) -> httpx.Response:
    """The honest request of this door to these things."""
    method, path = door.split()[0], things.path(door)
    if method == "GET":
        return people.ask(who, method, path)
    known = next(one for one in DOORS if str(one) == door)
    if known.lines is not None:
        return people.write(who, method, path, content=known.lines(prey), headers=NDJSON)
    body = {"json": known.body(prey)} if known.body else {}
    return people.write(who, method, path, headers=dict(known.headers), **body)


def template(door: str) -> str:
    """The path of a door, with the names of its ids in braces."""
    return door.split()[1]


def names_in(door: str) -> list[str]:
    """The names of the ids in its path."""
    return [name for _, name, _, _ in Formatter().parse(template(door)) if name]
