"""Paid parts of orders that sellers cannot deliver: what the buyer gets back, and what can be sold again."""

from typing import Any

import pytest

from regrade import demo
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey


def an_offer_of(world: World, seller: Member) -> dict[str, Any]:
    found = world.buyer.caller.each("/v1/offers", category="smartphone", in_stock="true")
    return next(one for one in found if one["seller_id"] == seller.company_id)


def available(world: World, seller: Member, offer: dict[str, Any]) -> int:
    found = seller.caller.each("/v1/seller/offers")
    units: int = next(one["available"] for one in found if one["id"] == offer["id"])
    return units


def refunds(world: World, order: dict[str, Any]) -> list[dict[str, Any]]:
    def look() -> list[dict[str, Any]] | None:
        found = list(world.buyer.caller.each("/v1/refunds", order_id=order["id"]))
        return found if found and all(one["state"] == "settled" for one in found) else None

    return wait_for(look, "the money to be back")


def part_at(world: World, seller: Member, order: dict[str, Any]) -> str:
    (part,) = [one for one in order["seller_orders"] if one["seller_id"] == seller.company_id]

    def look() -> str | None:
        return part["id"] if seller.caller.get(f"/v1/seller/orders/{part['id']}")["state"] == "to_ship" else None

    return wait_for(look, "the seller order to be paid")


@pytest.mark.policy("C2", "fr-pro")
@pytest.mark.policy("C10", "fr-pro")
def test_of_two_sellers_one_is_out_of_stock_and_the_other_one_delivers(world: World) -> None:
    first, second = world.sellers[:2]
    story, buyer = world.story, world.buyer
    offers = [(an_offer_of(world, seller), 1) for seller in (first, second)]
    free = available(world, first, offers[0][0])
    order = story.place_order(buyer, offers, demo.BUYER.deliver_to(), "one of two")
    order, _ = story.purchase_order(buyer, order["id"])
    story.wire(buyer, order)
    part_id = part_at(world, first, order)
    path = f"/v1/seller/orders/{part_id}/cancellation"
    with pytest.raises(Refused) as refused:
        first.caller.post(path, {"reason": "deadline"})
    assert refused.value.code == "cancellation_reason_not_accepted"

    ended = first.caller.post(path, {"reason": "out_of_stock"})
    assert (ended["state"], ended["cancelled_by"], ended["deliver_to"]) == ("cancelled", "seller", None)
    (refund,) = refunds(world, order)
    assert (refund["seller_order_id"], refund["cause"]) == (part_id, "out_of_stock")
    assert refund["amount"] == ended["totals"]["gross"]

    parcel = story.ship(second, order["id"])
    story.deliver(parcel)
    story.order_in(buyer, order["id"], "delivered")
    # Only what was shipped is invoiced, and what was never there is not for sale again.
    (invoice,) = story.invoices(buyer, order["id"], 1)
    assert invoice["kind"] == "380"
    assert invoice["gross"]["amount"] == order["totals"]["gross"]["amount"] - refund["amount"]["amount"]
    assert available(world, first, offers[0][0]) == free - 1


@pytest.mark.policy("C10", "fr-pro")
def test_an_order_that_its_only_seller_gives_up_ends_and_all_of_its_money_goes_back(world: World) -> None:
    seller = world.sellers[0]
    story, buyer = world.story, world.buyer
    order = story.place_order(buyer, [(an_offer_of(world, seller), 1)], demo.BUYER.deliver_to(), "given up")
    order, _ = story.purchase_order(buyer, order["id"])
    story.wire(buyer, order)
    part_id = part_at(world, seller, order)
    seller.caller.post(f"/v1/seller/orders/{part_id}/cancellation", {"reason": "out_of_stock"})
    story.order_in(buyer, order["id"], "cancelled_exception")
    (refund,) = refunds(world, order)
    assert refund["amount"] == order["totals"]["gross"]

    def closed() -> bool | None:
        (payment,) = buyer.caller.each("/v1/payments", order_id=order["id"])
        return True if payment["state"] == "closed" else None

    assert wait_for(closed, "the payment to be closed")
    assert list(buyer.caller.each("/v1/invoices", order_id=order["id"])) == []
