"""Parcels that do not arrive: another attempt, one that goes back, and one that nobody hears of any more."""

from typing import Any

import pytest

from regrade import demo
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey


def ship(world: World, reference: str) -> tuple[Member, dict[str, Any], dict[str, Any]]:
    """A seller, a paid order of one device of it, and the parcel."""
    story, buyer = world.story, world.buyer
    seller = world.sellers[0]
    found = buyer.caller.each("/v1/offers", category="smartphone", in_stock="true")
    offer = next(one for one in found if one["seller_id"] == seller.company_id)
    order = story.place_order(buyer, [(offer, 1)], demo.BUYER.deliver_to(), reference)
    order, _ = story.purchase_order(buyer, order["id"])
    story.wire(buyer, order)
    return seller, order, story.ship(seller, order["id"])


def part_of(world: World, order: dict[str, Any], state: str) -> dict[str, Any]:
    """The seller order, once it is there."""

    def look() -> dict[str, Any] | None:
        (part,) = world.buyer.caller.get(f"/v1/orders/{order['id']}")["seller_orders"]
        found: dict[str, Any] = part
        return found if found["state"] == state else None

    return wait_for(look, f"the seller order to be {state}")


def whole_refund(world: World, order: dict[str, Any], cause: str) -> None:
    """A credit note over the whole invoice, and as much money back."""

    def look() -> list[dict[str, Any]] | None:
        found = list(world.buyer.caller.each("/v1/refunds", order_id=order["id"]))
        return found if found and all(one["state"] == "settled" for one in found) else None

    (refund,) = wait_for(look, "the money to be back")
    assert (refund["cause"], refund["amount"]) == (cause, order["totals"]["gross"])
    documents = world.story.invoices(world.buyer, order["id"], 2)
    assert sorted(one["kind"] for one in documents) == ["380", "381"]
    assert {one["gross"]["amount"] for one in documents} == {order["totals"]["gross"]["amount"]}


@pytest.mark.policy("F6", "fr-pro")
def test_a_refused_parcel_is_brought_again_and_goes_back_in_the_end(world: World) -> None:
    _, order, parcel = ship(world, "refused at the door")
    path = f"/v1/orders/{order['id']}/shipments/{parcel['id']}/redelivery"
    with pytest.raises(Refused) as early:
        world.buyer.caller.post(path)
    assert early.value.code == "shipment_move_refused"

    world.story.scan(parcel, "delivery_failed", "refused")
    # In this market a refusal is no cancellation: nothing goes back yet.
    (failed,) = part_of(world, order, "delivery_failed")["shipments"]
    assert (failed["failure"], failed["failed_attempts"]) == ("refused", 1)
    asked = world.buyer.caller.post(path)
    assert asked["shipment"]["redelivery_asked_at"] is not None
    assert asked["terms"] == {
        "redelivery_charged": False,
        "charged_at_cost": [],
        "refusal_cancels": False,
        "seller_may_end": False,
    }
    world.story.scan(parcel, "in_transit")
    part_of(world, order, "shipped")
    world.story.scan(parcel, "returned")
    part_of(world, order, "returned")
    whole_refund(world, order, "parcel_returned")


@pytest.mark.policy("F4", "fr-pro")
def test_a_parcel_that_was_followed_and_then_no_longer_is_lost_and_paid_back(world: World) -> None:
    _, order, parcel = ship(world, "never seen again")
    world.story.scan(parcel, "in_transit")
    # Ten business days are at most sixteen days, whatever holiday lies between; a few more for good measure.
    world.story.live(20)
    part_of(world, order, "lost")
    whole_refund(world, order, "parcel_lost")
