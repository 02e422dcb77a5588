"""Goods that go elsewhere than they were ordered to: asked for, agreed to, and on the invoice."""

import re
from typing import Any

import pytest

from regrade import demo
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey

BERLIN = {
    **demo.BUYER.deliver_to(),
    "street": "8 Neue Promenade",
    "postal_code": "10178",
    "city": "Berlin",
    "country": "DE",
}
BOSTON = {**BERLIN, "street": "8 Beacon Street", "postal_code": "02108", "city": "Boston", "country": "US"}


def order_one(world: World, seller: Member, reference: str) -> dict[str, Any]:
    """An order of one device of the seller, which can be paid."""
    found = world.buyer.caller.each("/v1/offers", category="smartphone", in_stock="true")
    offer = next(one for one in found if one["seller_id"] == seller.company_id)
    order = world.story.place_order(world.buyer, [(offer, 1)], demo.BUYER.deliver_to(), reference)
    order, _ = world.story.purchase_order(world.buyer, order["id"])
    return order


def part_of(world: World, order: dict[str, Any], state: str) -> dict[str, Any]:
    """The seller order, once it is there."""

    def look() -> dict[str, Any] | None:
        (part,) = world.buyer.caller.get(f"/v1/orders/{order['id']}")["seller_orders"]
        found: dict[str, Any] = part
        return found if found["state"] == state else None

    return wait_for(look, f"the seller order to be {state}")


def change(world: World, order: dict[str, Any], deliver_to: dict[str, Any]) -> dict[str, Any]:
    """What the buyer is told when it asks for another address."""
    told: dict[str, Any] = world.buyer.caller.post(
        f"/v1/orders/{order['id']}/address-changes", {"deliver_to": deliver_to}
    )
    return told


def invoice_of(world: World, order: dict[str, Any]) -> str:
    """The XML of the only invoice."""
    (invoice,) = world.story.invoices(world.buyer, order["id"], 1)
    assert invoice["gross"] == order["totals"]["gross"]
    return world.buyer.caller.content(f"/v1/invoices/{invoice['id']}/xml").decode()


@pytest.mark.policy("C6", "fr-pro")
def test_a_seller_that_agrees_ships_to_the_new_address_and_the_invoice_names_it(world: World) -> None:
    seller = world.sellers[0]
    order = order_one(world, seller, "moved while it is packed")
    world.story.wire(world.buyer, order)
    part = part_of(world, order, "to_ship")
    with pytest.raises(Refused) as dearer:
        # An export is exempt: the VAT that was paid would be owed by nobody.
        change(world, order, BOSTON)
    assert dearer.value.code == "address_changes_vat"

    told = change(world, order, BERLIN)
    assert (told["how"], told["fee"]) == ("seller_is_asked", {"amount": 0, "currency": "EUR"})
    assert told["seller_orders"][0]["address_change"]["answer"] == "asked"
    world.platform.mail_to(seller.email, str(order["number"]))
    path = f"/v1/seller/orders/{part['id']}"
    asked = seller.caller.get(path)
    assert (asked["state"], asked["deliver_to"]["country"]) == ("address_change_pending", "FR")
    assert asked["address_change"]["deliver_to"]["city"] == "Berlin"
    agreed = seller.caller.post(f"{path}/address-change", {"decision": "accept"})
    assert (agreed["state"], agreed["deliver_to"]["city"]) == ("to_ship", "Berlin")

    parcel = world.story.ship(seller, order["id"])
    with pytest.raises(Refused) as late:
        change(world, order, demo.BUYER.deliver_to())
    assert late.value.code == "address_already_shipped"
    xml = invoice_of(world, order)
    assert "8 Neue Promenade" in xml
    assert demo.BUYER.deliver_to()["street"] in xml, "the buyer itself has not moved"
    world.story.deliver(parcel)
    part_of(world, order, "delivered")


@pytest.mark.policy("C6", "fr-pro")
def test_a_seller_that_says_nothing_ships_to_where_was_ordered(world: World) -> None:
    seller = world.sellers[0]
    order = order_one(world, seller, "nobody answered")
    world.story.wire(world.buyer, order)
    before = part_of(world, order, "to_ship")
    change(world, order, BERLIN)
    # A business day and the same time of day: over a weekend that is three days, and five with holidays around it.
    world.story.live(5)
    after = part_of(world, order, "to_ship")
    assert after["address_change"]["answer"] == "unanswered"
    assert (after["moved_to"], after["delivery_country"]) == (None, "FR")
    assert after["ship_by"] > before["ship_by"], "it could not ship while it was asked"
    world.story.ship(seller, order["id"])
    assert "8 Neue Promenade" not in invoice_of(world, order)


@pytest.mark.policy("C6", "fr-pro")
def test_margin_goods_that_leave_the_union_before_they_are_paid_are_invoiced_as_an_export(world: World) -> None:
    seller = world.sellers[1]
    order = order_one(world, seller, "moved before it is paid")
    (moved,) = change(world, order, BOSTON)["seller_orders"]
    assert (moved["state"], moved["moved_to"]["city"], moved["address_change"]) == ("awaiting_payment", "Boston", None)
    world.story.wire(world.buyer, order)
    part_of(world, order, "to_ship")
    world.story.ship(seller, order["id"])
    xml = invoice_of(world, order)
    assert "8 Beacon Street" in xml
    assert re.findall(r"<ram:CategoryCode>(\w+)</ram:CategoryCode>", xml) == ["G"] * xml.count("<ram:CategoryCode>")
    assert "VATEX-EU-G" in xml
