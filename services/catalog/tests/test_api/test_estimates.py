"""What an order would come to: by the rules of a reservation, and nothing is held."""

from typing import Any

import pytest

from catalog.domain.reservation import OrderedLine, PlacedOrder
from catalog.messaging.inbound import placed_order
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.ids import Id, new_id

from ..builders import a_line, asked
from ..conftest import INTERNAL, Door, results

pytestmark = pytest.mark.storage


@pytest.fixture
async def shelf(door: Door) -> dict[str, Id]:
    """Two offers of a seller: three units of one, none of the other."""
    seller = await door.catalog.admit()
    lines = [a_line("A", quantity=3), a_line("B", quantity=0)]
    return {line["sku"]: Id(line["offer_id"]) for line in results(await door.push(seller, lines))}


async def estimate(door: Door, *lines: tuple[Id, int], **headers: str) -> Any:
    return await door.client.post("/internal/estimates", json=asked(*lines), headers=headers)


async def test_an_estimate_tells_what_a_reservation_would_and_holds_nothing(door: Door, shelf: dict[str, Id]) -> None:
    own = {"Regrade-Internal-Token": INTERNAL}
    answer = await estimate(door, (shelf["A"], 3), **own)
    assert answer.status_code == 200, answer.text
    estimated = answer.json()
    assert estimated["refused"] == []
    # All three are still free afterwards, and they are held at the very terms that were estimated.
    order = PlacedOrder(new_id(), "fr-pro", "FR", "EUR", (OrderedLine(1, shelf["A"], 3),))
    await door.catalog.executor.run(lambda uow, now: reserve_stock(ReserveStock(order), uow, now))
    held = (await door.catalog.events("catalog.reservation", order.order_id))[0]
    assert held.type == "catalog.reservation.held.v1"
    assert (estimated["lines"], estimated["shipping"]) == (held.data["lines"], held.data["shipping"])


async def test_options_are_estimated_as_they_would_be_held(door: Door) -> None:
    case = {"code": "case", "kind": "accessory", "title": "Case", "price": {"amount": 900, "currency": "EUR"}}
    levy = {"kind": "eco_contribution", "amount": {"amount": 12, "currency": "EUR"}}
    seller = await door.catalog.admit()
    line = a_line("A", options=[case], levies={"FR": [levy]})
    offer = Id(results(await door.push(seller, [line]))[0]["offer_id"])
    asked = {
        "order_id": str(new_id()),
        "market": "fr-pro",
        "price_country": "FR",
        "currency": "EUR",
        "lines": [{"line_no": 1, "offer_id": str(offer), "quantity": 1, "options": ["case"]}],
    }
    own = {"Regrade-Internal-Token": INTERNAL}
    (estimated,) = (await door.client.post("/internal/estimates", json=asked, headers=own)).json()["lines"]
    assert estimated["unit_price"]["amount"] == 38_900 + 900
    assert (estimated["options"], estimated["levies"]) == ([case], [levy])
    placed = placed_order(asked)
    await door.catalog.executor.run(lambda uow, now: reserve_stock(ReserveStock(placed), uow, now))
    held = (await door.catalog.events("catalog.reservation", placed.order_id))[0]
    assert held.data["lines"] == [estimated]


async def test_lines_that_cannot_be_had_are_named_with_what_is_there(door: Door, shelf: dict[str, Id]) -> None:
    answer = await estimate(
        door, (shelf["A"], 1), (shelf["B"], 2), (new_id(), 1), **{"Regrade-Internal-Token": INTERNAL}
    )
    refused = [(one["line_no"], one["available"], one["reason"]) for one in answer.json()["refused"]]
    assert refused == [(2, 0, "not_enough_stock"), (3, 0, "unknown_offer")]
    assert answer.json()["lines"] == []


async def test_estimates_do_not_exist_for_anybody_outside(door: Door, shelf: dict[str, Id]) -> None:
    assert (await estimate(door, (shelf["A"], 1))).status_code in (401, 404)
