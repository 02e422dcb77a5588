"""Nobody parks a rival's stock: who has paid nothing yet holds a share of it, reads why, and an operator may raise it."""

from typing import Any

import pytest

from chassis.kernel.ids import new_id
from regrade import demo
from regrade.platform import Refused
from regrade.story import CompanyCard, Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey

# A new buyer holds half of an offer at the most, once it holds more than 100 units.
PUSHED = 400
SHARE = 200


def stocked(world: World) -> dict[str, Any]:
    line = {
        "sku": f"HOARD-{new_id().hex[-8:]}",
        "product": {"brand": "Apple", "model": "iPhone 13", "category": "smartphone", "storage": "128GB"},
        "grade": "good",
        "price": {"amount": 29_900, "currency": "EUR"},
        "quantity": PUSHED,
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 12,
        "battery_health_percent": 90,
        "dispatch_business_days": 1,
        "markets": ["fr-pro"],
    }
    (pushed,) = world.story.push(world.sellers[0], [line])
    offer: dict[str, Any] = world.buyer.caller.get(f"/v1/offers/{pushed['offer_id']}")
    return offer


def joined(world: World, name: str) -> Member:
    card = CompanyCard(f"{name} SAS", f"achats@{name.lower()}.example", "Lyon", "69003", "1 rue du Banc")
    return world.story.buyer(card)


def order(world: World, buyer: Member, offer: dict[str, Any], quantity: int) -> dict[str, Any]:
    return world.story.place_order(buyer, [(offer, quantity)], demo.BUYER.deliver_to(), "in bulk")


@pytest.mark.policy("C3", "fr-pro")
def test_a_new_buyer_holds_a_share_until_it_cancels_or_an_operator_trusts_it(world: World) -> None:
    offer, hoarder, honest = stocked(world), joined(world, "Accapareur"), joined(world, "Patient")
    held = order(world, hoarder, offer, SHARE - 50)
    body = {"lines": [{"offer_id": offer["id"], "quantity": 51}], "deliver_to": demo.BUYER.deliver_to()}
    with pytest.raises(Refused) as refusal:
        hoarder.caller.post("/v1/orders", body, prefer="wait=30")
    assert (refusal.value.status, refusal.value.code) == (409, "stock_share_limit")
    (line,) = refusal.value.problem["lines"]
    assert (line["reason"], line["held"], line["held_max"]) == ("offer_share_limit", SHARE - 50, SHARE)
    assert [one["number"] for one in refusal.value.problem["open_orders"]] == [held["number"]]
    honest_order = order(world, honest, offer, 20)

    said = {"tier": "trusted", "reason": "Equips the schools of a whole region"}
    world.story.operator.put(f"/v1/operator/buyers/{hoarder.company_id}/trust", said)
    more = order(world, hoarder, offer, 51)
    seen = world.story.operator.get(f"/v1/operator/buyers/{hoarder.company_id}/trust")
    assert (seen["granted"]["tier"], seen["open_holds"]["units"]) == ("trusted", SHARE + 1)
    for buyer, one in ((hoarder, held), (hoarder, more), (honest, honest_order)):
        buyer.caller.post(f"/v1/orders/{one['id']}/cancellation")
        world.story.order_in(buyer, one["id"], "CANCELLED_BY_BUYER")
