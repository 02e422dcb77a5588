"""Two sellers of the same thing: the guard asks about a slip of the comma, the search says who holds the box, and the loser
wins it at the price it was told."""

from typing import Any
from uuid import uuid4

import pytest

from regrade.platform import wait_for
from regrade.story import Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey


def line(sku: str, model: str, price: int, **more: Any) -> dict[str, Any]:
    """Five phones of a model that nobody else sells."""
    return {
        "sku": sku,
        "product": {"brand": "Fairphone", "model": model, "category": "smartphone", "storage": "128GB"},
        "grade": "good",
        "price": {"amount": price, "currency": "EUR"},
        "quantity": 5,
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 24,
        "battery_health_percent": 95,
        "dispatch_business_days": 1,
        "markets": ["fr-pro"],
        **more,
    }


def best(world: World, model: str, wanted: dict[str, bool | None], **asked: str) -> dict[str, bool | None]:
    """What the search says of each hit, once it says this."""

    def said() -> dict[str, bool | None] | None:
        hits = world.buyer.caller.each("/v1/offers", q=model, **asked)
        told = {one["id"]: one["is_best_offer"] for one in hits}
        return told if told == wanted else None

    return wait_for(said, f"the search to say {wanted}")


def pushed(world: World, seller: Member, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    return world.story.push(seller, lines)


def test_a_loser_learns_what_it_takes_and_wins(world: World) -> None:
    own, rival = world.sellers[:2]
    model, sku = f"Fairphone {uuid4().hex[:10]}", f"BOX-{uuid4().hex[:6]}"
    # Nobody sells it yet: what no phone costs is asked about, what some phone costs passes.
    (refused,) = pushed(world, rival, line(sku, model, 3_89))
    assert (refused["status"], refused["problem"]["code"]) == ("rejected", "price_guard")
    (theirs,) = pushed(world, rival, line(sku, model, 389_00))
    assert theirs["status"] == "created", theirs
    best(world, model, {theirs["offer_id"]: True})

    # Now that it is known what it costs, a tenth of that is a slip too, until it is meant.
    (slip,) = pushed(world, own, line(sku, model, 38_90))
    assert [error["code"] for error in slip["problem"]["errors"]] == ["price_too_low"]
    assert "389.00 EUR" in slip["problem"]["detail"]
    (mine,) = pushed(world, own, line(sku, model, 420_00))
    best(world, model, {theirs["offer_id"]: True, mine["offer_id"]: False})
    # It is decided for one unit; of two nothing is said.
    best(world, model, {theirs["offer_id"]: None, mine["offer_id"]: None}, quantity="2")

    path = f"/v1/seller/offers/{mine['offer_id']}/buy-box"
    lost = own.caller.get(path)
    assert (lost["state"], lost["rival"]["offer_id"], lost["rival"]["yours"]) == ("lost", theirs["offer_id"], False)
    enough = lost["price_to_win"]["amount"]
    assert 0 < enough < 420_00
    assert own.caller.get(f"{path}/simulation", price=enough)["state"] == "won"
    assert own.caller.get(f"{path}/simulation", price=enough + 1)["state"] == "lost"
    pushed(world, own, {"sku": sku, "price": {"amount": enough, "currency": "EUR"}})
    best(world, model, {theirs["offer_id"]: False, mine["offer_id"]: True})
    read = world.buyer.caller.get(f"/v1/offers/{mine['offer_id']}")
    assert (read["is_best_offer"], read["promises"]["battery"]["floor_percent"]) == (True, 85)

    # Sold out, it holds nothing.
    pushed(world, own, {"sku": sku, "quantity": 0})
    best(world, model, {theirs["offer_id"]: True, mine["offer_id"]: False})
