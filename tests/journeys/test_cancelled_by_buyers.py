"""Buyers who want to be free of what they paid: asked and answered, overtaken by the parcel, and late enough to go alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from regrade import demo
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.test_given_up import an_offer_of, available, part_at, refunds
from tests.journeys.world import World

pytestmark = pytest.mark.journey


def a_paid_order(world: World, seller: Member, offer: dict[str, Any], reference: str) -> tuple[dict[str, Any], str]:
    """The order as its buyer sees it, and its only seller's part, there to be shipped."""
    story, buyer = world.story, world.buyer
    order = story.place_order(buyer, [(offer, 1)], demo.BUYER.deliver_to(), reference)
    order, _ = story.purchase_order(buyer, order["id"])
    story.wire(buyer, order)
    return order, part_at(world, seller, order)


def ask(world: World, order: dict[str, Any], part_id: str | None = None) -> dict[str, Any]:
    asked: dict[str, Any] = world.buyer.caller.post(
        f"/v1/orders/{order['id']}/cancellation-requests", {"seller_order_id": part_id}
    )
    return asked


@pytest.mark.policy("C5", "fr-pro")
def test_a_seller_that_says_yes_lets_the_order_end_and_all_of_the_money_goes_back(world: World) -> None:
    seller = world.sellers[0]
    offer = an_offer_of(world, seller)
    before = available(world, seller, offer)
    order, part_id = a_paid_order(world, seller, offer, "no longer wanted")
    (part,) = ask(world, order)["seller_orders"]
    assert (part["state"], part["cancellation_request"]["state"]) == ("to_ship", "open")
    assert world.platform.mail_to(seller.email, part["number"])
    seller.caller.post(f"/v1/seller/orders/{part_id}/cancellation-decision", {"decision": "accept"})
    world.story.order_in(world.buyer, order["id"], "cancelled_exception")
    (refund,) = refunds(world, order)
    assert (refund["amount"], refund["cause"]) == (order["totals"]["gross"], "cancelled_by_buyer")
    assert world.platform.mail_to(world.buyer.email, part["number"])
    # The devices are there, so that they can be sold again.
    wait_for(lambda: available(world, seller, offer) == before or None, "the units to be for sale again")
    assert list(world.buyer.caller.each("/v1/invoices", order_id=order["id"])) == []


@pytest.mark.policy("C5", "fr-pro")
def test_a_parcel_is_faster_than_an_answer(world: World) -> None:
    seller = world.sellers[0]
    order, part_id = a_paid_order(world, seller, an_offer_of(world, seller), "too late")
    ask(world, order, part_id)
    parcel = world.story.ship(seller, order["id"])
    seen = seller.caller.get(f"/v1/seller/orders/{part_id}")
    assert seen["cancellation_request"]["declined_because"] == "shipped"
    with pytest.raises(Refused) as refused:
        seller.caller.post(f"/v1/seller/orders/{part_id}/cancellation-decision", {"decision": "accept"})
    assert refused.value.code == "seller_order_move_refused"
    world.story.deliver(parcel)
    world.story.order_in(world.buyer, order["id"], "delivered")
    assert list(world.buyer.caller.each("/v1/refunds", order_id=order["id"])) == []


@pytest.mark.policy("C5", "fr-pro")
@pytest.mark.policy("F8", "fr-pro")
def test_no_answer_is_a_no_until_the_parcel_is_so_late_that_its_buyer_goes_alone(world: World) -> None:
    seller = world.sellers[0]
    order, part_id = a_paid_order(world, seller, an_offer_of(world, seller), "never shipped")
    ask(world, order)
    path = f"/v1/seller/orders/{part_id}"
    ship_by = datetime.fromisoformat(seller.caller.get(path)["ship_by"])
    answer_by = datetime.fromisoformat(seller.caller.get(path)["cancellation_request"]["answer_by"])
    past_both = max(ship_by, answer_by) - world.story.now() + timedelta(minutes=5)
    world.platform.advance_clock(world.story.operator, seconds=int(past_both.total_seconds()))

    def told() -> dict[str, Any] | None:
        seen: dict[str, Any] = seller.caller.get(path)
        return seen if seen["late_at"] and seen["cancellation_request"]["state"] == "declined" else None

    late = wait_for(told, "the parcel to be late and its buyer to be answered")
    assert late["cancellation_request"]["declined_because"] == "no_answer"
    assert world.platform.mail_to(world.buyer.email, late["number"])
    figures = world.story.operator.get("/v1/operator/figures")["orders"]
    assert figures["late_parts"] >= 1
    free_from = datetime.fromisoformat(late["buyer_may_cancel_from"])
    if world.story.now() < free_from:
        with pytest.raises(Refused) as refused:
            ask(world, order)
        assert refused.value.code == "cancellation_asked_already"
        left = free_from - world.story.now() + timedelta(minutes=1)
        world.platform.advance_clock(world.story.operator, seconds=int(left.total_seconds()))
    ended = ask(world, order)
    assert (ended["state"], ended["seller_orders"][0]["cancel_reason"]) == ("cancelled_exception", "late_shipment")
    (refund,) = refunds(world, order)
    assert (refund["amount"], refund["cause"]) == (order["totals"]["gross"], "late_shipment")
