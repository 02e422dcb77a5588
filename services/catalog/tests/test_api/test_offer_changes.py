"""The change feed through its door."""

import base64
import json
import time
from typing import Any

import pytest

from catalog.api.offer_changes import OfferChangesPage
from chassis.kernel.ids import new_id

from ..builders import a_line
from ..conftest import results

pytestmark = pytest.mark.storage

BUYER = new_id()


async def changes(door: Any, **params: Any) -> Any:
    return await door.get("/v1/offers/changes", "buyer", BUYER, "catalog:read", **params)


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


async def test_a_buyers_system_keeps_up_with_its_market(door: Any) -> None:
    seller = await door.catalog.admit()
    begun = (await changes(door)).json()
    assert (begun["items"], begun["more"]) == ([], False)
    results(await door.push(seller, [a_line(f"A{n}", quantity=n) for n in range(1, 6)]))
    first = await changes(door, after=begun["next_cursor"], limit=3)
    assert first.content == OfferChangesPage.model_validate_json(first.content).model_dump_json().encode()
    assert first.json()["more"] is True
    second = (await changes(door, after=first.json()["next_cursor"], limit=3)).json()
    assert second["more"] is False
    told = [*first.json()["items"], *second["items"]]
    assert [one["offer"]["available"] for one in told] == [1, 2, 3, 4, 5]
    results(await door.push(seller, [{"sku": "A2", "state": "paused"}, {"sku": "A3", "quantity": 3}]))
    (gone,) = (await changes(door, after=second["next_cursor"])).json()["items"]
    assert gone == {"id": told[1]["id"], "state": "gone", "offer": None}


async def test_a_cursor_that_is_too_old_or_of_another_server_says_that_all_is_to_be_read_anew(door: Any) -> None:
    now = int(time.time())
    for after in (cursor(1, 0, 0, now - 30 * 86_400), cursor(10**15, 0, 0, now)):
        answer = await changes(door, after=after)
        assert (answer.status_code, answer.json()["code"]) == (410, "changes_forgotten")


@pytest.mark.parametrize(
    "after", ["W10", "nonsense", cursor(1, 2, 3), cursor("a", 0, 0, 0), cursor(-1, 0, 0, 0), cursor(1, 0, 0, 2**62)]
)
async def test_a_cursor_that_we_did_not_make_is_refused(door: Any, after: str) -> None:
    answer = await changes(door, after=after)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


async def test_a_buyer_follows_its_own_market_only(door: Any) -> None:
    answer = await changes(door, market="nl-market")
    assert (answer.status_code, answer.json()["code"]) == (403, "market_not_yours")
    answer = await door.get("/v1/offers/changes", "buyer", BUYER, "orders:read")
    assert answer.status_code == 403
