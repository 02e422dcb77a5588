"""The payment hold: unpaid for five business days, the order cancels itself and the stock is free again."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis.kernel.calendar import calendar
from regrade import demo
from regrade.platform import Refused, wait_for
from tests.journeys.world import World

pytestmark = pytest.mark.journey


def an_offer(world: World, seller: int = 0, at_least: int = 4) -> dict[str, Any]:
    found = world.buyer.caller.each("/v1/offers", in_stock=True)
    wanted = world.sellers[seller].company_id
    return next(one for one in found if one["seller_id"] == wanted and one["available"] >= at_least)


def available(world: World, offer: dict[str, Any]) -> int:
    return int(world.buyer.caller.get(f"/v1/offers/{offer['id']}")["available"])


@pytest.mark.policy("C3", "fr-pro")
@pytest.mark.policy("C4", "fr-pro")
def test_an_unpaid_order_cancels_itself_at_the_end_of_the_fifth_business_day(world: World) -> None:
    offer = an_offer(world)
    before = available(world, offer)
    order = world.story.place_order(world.buyer, [(offer, 2)], demo.BUYER.deliver_to(), "unpaid")
    assert available(world, offer) == before - 2
    hold_until = datetime.fromisoformat(order["hold_until"])
    local = datetime.fromisoformat(order["placed_at"]).astimezone(ZoneInfo("Europe/Paris"))
    last_day = calendar("FR").add_business_days(local.date(), 5)
    assert hold_until.astimezone(ZoneInfo("Europe/Paris")) == datetime(
        last_day.year, last_day.month, last_day.day, 23, 59, 59, tzinfo=ZoneInfo("Europe/Paris")
    )
    almost = (hold_until - world.story.now() - timedelta(minutes=5)).total_seconds()
    world.platform.advance_clock(world.story.operator, seconds=int(almost))
    assert world.story.order_in(world.buyer, order["id"], "AWAITING_PAYMENT")
    world.platform.advance_clock(world.story.operator, seconds=3600)
    ended = world.story.order_in(world.buyer, order["id"], "AUTO_CANCELLED")
    assert available(world, offer) == before
    assert [part["state"].lower() for part in ended["seller_orders"]] == ["cancelled"]
    assert world.platform.mail_to(world.buyer.email, str(order["number"]))
    subjects = [
        mail["subject"]
        for mail in world.platform.outside.get("/mailbox/messages", to=world.buyer.email, limit=100)["items"]
        if str(order["number"]) in mail["subject"]
    ]
    # The purchase order, at least one reminder, and the cancellation.
    assert len(subjects) >= 3


def test_money_that_comes_after_the_cancellation_goes_back(world: World) -> None:
    offer = an_offer(world)
    order = world.story.place_order(world.buyer, [(offer, 1)], demo.BUYER.deliver_to(), "late money")
    order, _ = world.story.purchase_order(world.buyer, order["id"])
    left = datetime.fromisoformat(order["hold_until"]) - world.story.now()
    world.platform.advance_clock(world.story.operator, seconds=int(left.total_seconds()) + 3600)
    world.story.order_in(world.buyer, order["id"], "AUTO_CANCELLED")
    wire = world.story.wire(world.buyer, order)
    # Ten days on which banks work, and Easter or Christmas in between.
    world.story.live(25)
    refunds = [one for one in world.buyer.caller.each("/v1/refunds") if one["state"].lower() == "settled"]
    assert wire["amount"]["amount"] in [refund["amount"]["amount"] for refund in refunds]
    assert world.story.order_in(world.buyer, order["id"], "AUTO_CANCELLED")


@pytest.mark.policy("C5", "fr-pro")
def test_a_buyer_may_cancel_while_unpaid_and_not_afterwards(world: World) -> None:
    offer = an_offer(world)
    before = available(world, offer)
    order = world.story.place_order(world.buyer, [(offer, 1)], demo.BUYER.deliver_to(), "changed my mind")
    world.buyer.caller.post(f"/v1/orders/{order['id']}/cancellation")
    world.story.order_in(world.buyer, order["id"], "CANCELLED_BY_BUYER")
    paid = world.story.place_order(world.buyer, [(offer, 1)], demo.BUYER.deliver_to(), "paid at once")
    paid, _ = world.story.purchase_order(world.buyer, paid["id"])
    world.story.wire(world.buyer, paid)
    world.story.order_in(world.buyer, paid["id"], "SECURED", "IN_FULFILMENT")
    with pytest.raises(Refused) as refusal:
        world.buyer.caller.post(f"/v1/orders/{paid['id']}/cancellation")
    assert refusal.value.status == 409
    wait_for(lambda: available(world, offer) == before - 1 or None, "the first order's unit to be free again")


def test_an_order_that_cannot_be_had_whole_is_refused_whole(world: World) -> None:
    plenty, scarce = an_offer(world, 0), an_offer(world, 1)
    before = available(world, plenty), available(world, scarce)
    lines = [
        {"offer_id": plenty["id"], "quantity": 1},
        {"offer_id": scarce["id"], "quantity": before[1] + 1},
    ]
    body = {"lines": lines, "deliver_to": demo.BUYER.deliver_to()}
    with pytest.raises(Refused) as refusal:
        world.buyer.caller.post("/v1/orders", body, prefer="wait=30")
    assert (refusal.value.status, refusal.value.code) == (409, "stock_unavailable")
    (line,) = refusal.value.problem["lines"]
    assert (line["offer_id"], line["reason"], line["requested"]) == (scarce["id"], "not_enough_stock", before[1] + 1)
    assert (available(world, plenty), available(world, scarce)) == before
