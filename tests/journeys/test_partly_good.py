"""Orders and stock pushes of which a part is wrong: an order is refused whole, a push takes what is right."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.doors import NOBODY
from tests.journeys.people import People, refused
from tests.journeys.prey import Prey

pytestmark = pytest.mark.journey


def line(prey: Prey, **changes: Any) -> dict[str, Any]:
    return {"offer_id": prey.offer["id"], "quantity": 1, **changes}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"offer_id": NOBODY}, "unknown_offer"),
        ({"quantity": 1_000}, "not_enough_stock"),
        ({"unit_price": {"amount": 1, "currency": "EUR"}}, "price_changed"),
    ],
)
def test_what_cannot_be_had_is_said_by_line_and_takes_no_stock(
    prey: Prey, people: People, fault: dict[str, Any], reason: str
) -> None:
    before = prey.sees()["stock"]
    body = prey.order(lines=[line(prey, offer_id=prey.foreign_offer["id"]), line(prey, **fault)])
    key = {"Idempotency-Key": str(uuid4()), "Prefer": "wait=30"}
    first = refused(people.ask("buyer", "POST", "/v1/orders", json=body, headers=key), 409, "stock_unavailable")
    assert [(one["line_no"], one["reason"]) for one in first["lines"]] == [(2, reason)]
    again = people.ask("buyer", "POST", "/v1/orders", json=body, headers=key)
    assert refused(again, 409, "stock_unavailable") == first
    assert again.headers["Idempotent-Replayed"] == "true"
    assert prey.sees()["stock"] == before


def test_bad_stock_lines_are_named_by_number_and_the_good_ones_go_in(prey: Prey, people: People) -> None:
    own = {"sku": prey.offer["sku"], "as_of": None}
    pushed = prey.offer["available"] + 20
    lines = [
        b'{"sku": ',
        json.dumps({**own, "quantity": -1}).encode(),
        json.dumps({**own, "quantity": 1.5}).encode(),
        json.dumps({**own, "quantity": "7"}).encode(),
        json.dumps({**own, "price": {"amount": 0, "currency": "EUR"}}).encode(),
        json.dumps({**own, "price": {"amount": 38900, "currency": "euro"}}).encode(),
        json.dumps({**own, "seller_id": NOBODY}).encode(),
        json.dumps({**own, "sku": "NUL\x00"}).encode(),
        json.dumps({"quantity": 1}).encode(),
        json.dumps({"sku": "NEW-SKU-WITHOUT-PRODUCT", "quantity": 1}).encode(),
        json.dumps({**own, "grade": "no_such_grade"}).encode(),
        b"null",
        b"\xff\xfe",
        b'{"sku": "' + b"x" * 70_000 + b'"}',
        json.dumps({**own, "as_of": "1999-01-01T00:00:00Z", "quantity": 1}).encode(),
        json.dumps({**own, "quantity": pushed}).encode(),
    ]
    answer = people.write(
        "seller",
        "PATCH",
        "/v1/seller/offers",
        content=b"\n".join(lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    results = [json.loads(one) for one in answer.text.splitlines()]
    assert [one["line"] for one in results] == list(range(1, len(lines) + 1))
    said = [one.get("problem", {}).get("code") or one["status"] for one in results]
    # One SKU more than once: the last line that could be read wins, the earlier ones say so.
    assert said[0] == said[12] == "malformed_json"
    assert said[1:9] == ["validation_failed"] * 8
    assert said[11] == "validation_failed"
    assert said[13] == "line_too_large"
    assert results[9]["status"] == results[10]["status"] == "rejected"
    assert said[-1] in ("updated", "unchanged")
    after = people.read("buyer", f"/v1/offers/{prey.offer['id']}")
    assert after["price"] == prey.offer["price"]
    assert after["available"] == results[-1]["available"]
