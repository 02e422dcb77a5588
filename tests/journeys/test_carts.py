"""A cart is kept for a company's people, read at today's prices, and ordered once in the version that was looked at."""

from collections.abc import Mapping
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from regrade import demo
from regrade.platform import Refused, wait_for
from tests.journeys.world import World

pytestmark = pytest.mark.journey

PRICE = 29_900
DEARER = 31_500


def push(world: World, *goods: tuple[str, int, int]) -> list[str]:
    """SKUs with their prices and how many there are → the offers' ids."""
    lines = [
        {
            "sku": sku,
            "product": {"brand": "Apple", "model": "iPhone 13", "category": "smartphone", "storage": "128GB"},
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
        for sku, price, quantity in goods
    ]
    return [line["offer_id"] for line in world.story.push(world.sellers[0], lines)]


def saved(world: World, *offers: str) -> dict[str, Any]:
    form = {
        "name": f"Field team {new_id().hex[-8:]}",
        "note": "By the back door",
        "lines": [{"offer_id": offer, "quantity": 2} for offer in offers],
    }
    cart: dict[str, Any] = world.buyer.caller.post("/v1/carts", form)
    return cart


def read(world: World, cart: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = world.buyer.caller.get(f"/v1/carts/{cart['id']}")
    return found


def was_looked_at(world: World, cart: Mapping[str, Any]) -> dict[str, Any]:
    """The cart, once it is known what its lines were when it was saved."""

    def look() -> dict[str, Any] | None:
        found = read(world, cart)
        return found if all(line["as_saved"] for line in found["lines"]) else None

    return wait_for(look, "the cart to be looked at")


def order(world: World, cart: Mapping[str, Any], **wishes: Any) -> dict[str, Any]:
    body = {"cart": {"id": cart["id"], "version": cart["version"], **wishes}, "deliver_to": demo.BUYER.deliver_to()}
    placed: dict[str, Any] = world.buyer.caller.post("/v1/orders", body, prefer="wait=20")
    return placed


def test_what_changed_since_a_cart_was_saved_is_told_and_it_is_ordered_once(world: World) -> None:
    stays, rises, goes = skus = [f"CART-{new_id().hex[-8:]}" for _ in range(3)]
    offers = push(world, *((sku, PRICE, 5) for sku in skus))
    cart = was_looked_at(world, saved(world, *offers))
    assert cart["today"]["can_be_ordered"]
    assert cart["today"]["goods"]["amount"] == 3 * 2 * PRICE

    push(world, (stays, PRICE, 5), (rises, DEARER, 5), (goes, PRICE, 1))
    cart = read(world, cart)
    assert [line["changes"] for line in cart["lines"]] == [[], ["price_rose"], ["too_few"]]
    assert (cart["today"]["can_be_ordered"], cart["today"]["goods"]["amount"]) == (False, 2 * PRICE + 2 * DEARER)
    with pytest.raises(Refused) as refusal:
        order(world, cart)
    assert (refusal.value.status, refusal.value.code) == (409, "stock_unavailable")

    # What did not become an order is still there: another person leaves out what is short, and orders the rest.
    cart = read(world, cart)
    form = {"name": cart["name"], "lines": [{"offer_id": offer, "quantity": 2} for offer in offers[:2]]}
    path = f"/v1/carts/{cart['id']}"
    kept = world.buyer.caller.put(path, form, if_match=f'"v{cart["version"]}"')
    agreed = {"offer_id": offers[1], "unit_price": {"amount": PRICE, "currency": "EUR"}}
    with pytest.raises(Refused) as refusal:
        order(world, kept, keep=True, expected_prices=[agreed])
    assert [line["reason"] for line in refusal.value.problem["lines"]] == ["price_changed"]
    cart = read(world, kept)
    agreed["unit_price"] = {"amount": DEARER, "currency": "EUR"}
    first = order(world, cart, keep=True, expected_prices=[agreed])
    assert [line["quantity"] for line in first["lines"]] == [2, 2]
    with pytest.raises(Refused) as refusal:
        order(world, cart, keep=True)
    assert (refusal.value.code, refusal.value.problem["last_order_id"]) == ("cart_changed", first["id"])

    # It was to be kept; ordered once more it goes.
    last = order(world, read(world, cart))
    with pytest.raises(Refused) as refusal:
        read(world, cart)
    assert (refusal.value.status, refusal.value.code) == (404, "cart_not_found")
    for placed in (first, last):
        world.buyer.caller.post(f"/v1/orders/{placed['id']}/cancellation")
        world.story.order_in(world.buyer, placed["id"], "CANCELLED_BY_BUYER")
