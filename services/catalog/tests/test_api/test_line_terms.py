"""What the lines of a cart would be today: each by itself, and for nobody outside."""

import pytest

from chassis.kernel.ids import Id, new_id

from ..builders import a_line, asked
from ..conftest import INTERNAL, Door, results

pytestmark = pytest.mark.storage

OWN = {"Regrade-Internal-Token": INTERNAL}


async def test_one_line_that_cannot_be_had_hides_nothing_of_the_others(door: Door) -> None:
    seller = await door.catalog.admit()
    pushed = results(await door.push(seller, [a_line("A", quantity=3), a_line("B", quantity=1)]))
    first, second = (Id(line["offer_id"]) for line in pushed)
    body = asked((first, 3), (second, 2), (new_id(), 1))
    told = (await door.client.post("/internal/line-terms", json=body, headers=OWN)).json()
    assert [(one["line_no"], one["available"], one["reason"]) for one in told["lines"]] == [
        (1, 3, None),
        (2, 1, "not_enough_stock"),
        (3, 0, "unknown_offer"),
    ]
    assert [one["terms"] and one["terms"]["unit_price"] for one in told["lines"]] == [
        {"amount": 38_900, "currency": "EUR"},
        {"amount": 38_900, "currency": "EUR"},
        None,
    ]
    assert [one["seller_id"] for one in told["shipping"]] == [str(seller.id)]
    # The very terms that an estimate would name.
    estimate = (await door.client.post("/internal/estimates", json=asked((first, 3)), headers=OWN)).json()
    assert (told["lines"][0]["terms"], told["shipping"]) == (estimate["lines"][0], estimate["shipping"])


async def test_line_terms_do_not_exist_for_anybody_outside(door: Door) -> None:
    answer = await door.client.post("/internal/line-terms", json=asked((new_id(), 1)))
    assert answer.status_code in (401, 404)
