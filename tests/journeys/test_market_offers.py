"""One offer in each market with all its terms: what each rule refuses, what the buyer reads, pays and finds on its papers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade.companies import TRADES, LocalTrade
from regrade.platform import Platform, Refused, wait_for
from regrade.story import Member, Story
from tests.journeys.conftest import NO_LIMITS
from tests.journeys.test_purchase import text_of

pytestmark = pytest.mark.journey

PRICE, FROM_TWO, CASE, LEVY = 45_000, 43_000, 900, 24
FLOOR = 40_000


@dataclass(frozen=True)
class Expected:
    """What a market makes of an offer. `refuses` are the rules that its wrong lines break, `box` what is in the box of a
    seller that lists nothing.

    `unit`, `case` and `levy` are of one unit as the order has them: the price of two with the option, on the market's basis;
    `case_on_paper` is the option's price without VAT, as papers show it.
    """

    refuses: tuple[str, ...]
    box: list[str] | None
    unit: int = FROM_TWO + CASE
    case: int = CASE
    levy: int = LEVY
    case_on_paper: str = "9,00"
    accepts: bool = False
    # Whether stock must be delivered as shown, and what is promised of the battery: percent, and months after the delivery.
    binding: bool = False
    battery: tuple[int, int] | None = (85, 0)


_ALL = (
    "grades.scale",
    "battery.floor_percent_by_grade",
    "accessories.required",
    "warranty.months",
    "shipping.sla_business_days",
)
MARKETS = {
    "fr-pro": Expected(_ALL, ["cable"], binding=True),
    "be-shop": Expected(_ALL, ["cable"]),
    # Gross prices hold 25 %, which is taken out of the price and its parts where the buyer owes the VAT itself:
    # 439.00 / 1.25, 9.00 / 1.25, 0.24 / 1.25.
    "dk-shop": Expected(_ALL, ["cable"], unit=35_120, case=720, levy=19, case_on_paper="7,20", battery=(85, 12)),
    # Batteries are not tested, the offer describes the box, and goods leave as soon as they can. Papers are without the
    # 20 % that a gross price holds: 9.00 / 1.20.
    "uk-shop": Expected(("grades.scale", "warranty.months"), None, case_on_paper="7.50", accepts=True, battery=None),
    "nl-market": Expected(_ALL, ["cable"], binding=True),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    found = Stack(tmp_path_factory.mktemp("market-offers") / "state", free_port_base(), durable=False, extra=NO_LIMITS)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        found.paths.remove()


@pytest.fixture(scope="module")
def story(stack: Stack) -> Story:
    platform = Platform(stack.url("gateway"), stack.url("sandbox"))
    return Story(platform, stack.secrets["operator_api_key"], stack.secrets["internal_token"])


@pytest.mark.policy("B1", "*")
@pytest.mark.policy("B2", "be-shop", "uk-shop", "nl-market")
@pytest.mark.policy("B3", "*")
@pytest.mark.policy("B5", "*")
@pytest.mark.policy("B7", "*")
@pytest.mark.policy("B8", "*")
@pytest.mark.policy("B9", "uk-shop")
@pytest.mark.policy("F2", "fr-pro", "nl-market", "uk-shop")
@pytest.mark.parametrize("market", MARKETS)
def test_an_offer_with_all_its_terms(story: Story, market: str) -> None:
    trade, expected = TRADES[market], MARKETS[market]
    buyer, seller = story.buyer(trade.buyer, market), story.seller(trade.seller, ["normal"], market=market)
    refused_by_name(story, trade, seller, expected)
    offer = offered(story, trade, seller, buyer)
    described(story, trade, buyer, offer, expected)
    quantities(story, trade, buyer, offer)
    order = ordered(story, trade, buyer, offer, expected)
    story.wire(buyer, order)
    story.order_in(buyer, order["id"], "secured", "in_fulfilment")
    if expected.accepts:
        story.accept(seller, order["id"])
    story.ship(seller, order["id"], trade.carrier)
    (invoice,) = story.invoices(buyer, order["id"], 1)
    paper = text_of(buyer.caller.content(f"/v1/invoices/{invoice['id']}/pdf"))
    assert "Travel case" in paper
    assert expected.case_on_paper in paper


def refused_by_name(story: Story, trade: LocalTrade, seller: Member, expected: Expected) -> None:
    """Each wrong line names its rule and the market; what the seller's own terms break names no market."""
    wrong: list[dict[str, Any]] = [
        {"grade": "like_the_moon"},
        {"battery_health_percent": 60},
        {"accessories": ["earphones"]},
        {"warranty_months": 11},
        {"dispatch_business_days": 30},
    ]
    lines = [{**trade.line(f"{trade.market}-x{n}", PRICE, 4), **change} for n, change in enumerate(wrong)]
    broken = [fault for one in story.push(seller, lines) for fault in one.get("problem", {}).get("errors", [])]
    assert [(fault["rule"], fault["market"]) for fault in broken] == [(rule, trade.market) for rule in expected.refuses]
    assert all(trade.market in fault["detail"] for fault in broken)
    own: list[dict[str, Any]] = [
        {"floor_price": money(trade, PRICE + 1)},
        {"price_tiers": {"all": [{"from_quantity": 2, "price": money(trade, PRICE)}]}},
        {"in_refurbishment": [{"quantity": 1, "ready_on": (story.now() - timedelta(days=2)).date().isoformat()}]},
    ]
    lines = [{**trade.line(f"{trade.market}-y{n}", PRICE, 4), **change} for n, change in enumerate(own)]
    broken = [fault for one in story.push(seller, lines) for fault in one["problem"]["errors"]]
    assert [(fault["rule"], fault["market"]) for fault in broken] == [
        ("floor_price", None),
        ("price_tiers", None),
        ("in_refurbishment", None),
    ]


def offered(story: Story, trade: LocalTrade, seller: Member, buyer: Member) -> dict[str, Any]:
    """Four units in pairs, cheaper from two on, with a case to choose; seven more are still being refurbished."""
    line = {
        **trade.line(f"{trade.market}-1", PRICE, 4),
        "price_tiers": {"all": [{"from_quantity": 2, "price": money(trade, FROM_TWO)}]},
        "pack_size": 2,
        "floor_price": money(trade, FLOOR),
        "in_refurbishment": [{"quantity": 7, "ready_on": (story.now() + timedelta(days=10)).date().isoformat()}],
        "options": [{"code": "case", "kind": "accessory", "title": "Travel case", "price": money(trade, CASE)}],
        "levies": {trade.seller.country: [{"kind": "eco_contribution", "amount": money(trade, LEVY)}]},
    }
    (created,) = story.push(seller, [line])
    assert created["status"] == "created", created

    def shown() -> dict[str, Any] | None:
        offer: dict[str, Any] = buyer.caller.get(f"/v1/offers/{created['offer_id']}")
        return offer if offer["trader"] else None

    return wait_for(shown, "the offer with its trader")


def described(story: Story, trade: LocalTrade, buyer: Member, offer: dict[str, Any], expected: Expected) -> None:
    """What the buyer reads before it orders; the floor is nobody's business but the seller's."""
    assert (offer["grade"], offer["accessories"]) == (trade.grade, expected.box)
    promised = offer["promises"]
    assert (promised["stock_is_binding"], promised["water_resistance_kept"]) == (expected.binding, False)
    floor, months = expected.battery or (None, None)
    battery = None if floor is None else {"floor_percent": floor, "holds_months": months, "replaced_below": True}
    assert promised["battery"] == battery
    assert offer["price_tiers"] == [{"from_quantity": 2, "price": money(trade, FROM_TWO)}]
    # What is not ready is no stock.
    assert (offer["available"], [one["quantity"] for one in offer["in_refurbishment"]]) == (4, [7])
    assert offer["levies"] == [{"kind": "eco_contribution", "amount": money(trade, LEVY)}]
    assert (offer["trader"]["name"], offer["trader"]["country"]) == (trade.seller.name, trade.seller.country)
    assert offer["trader"]["vat_number"] == trade.seller.vat_number
    assert offer["trader"]["registration_number"] == trade.seller.registration_number
    assert trade.seller.email == offer["trader"]["email"]
    assert "floor_price" not in offer

    def hit() -> dict[str, Any] | None:
        return next((one for one in buyer.caller.each("/v1/offers") if one["id"] == offer["id"]), None)

    assert wait_for(hit, "the hit")["seller_name"] == trade.seller.name


def quantities(story: Story, trade: LocalTrade, buyer: Member, offer: dict[str, Any]) -> None:
    """Three are no pack, six are more than are ready, and a sleeve is not among the options."""
    for quantity, options, reason in (
        (3, [], "not_in_packs"),
        (6, [], "not_enough_stock"),
        (2, ["sleeve"], "unknown_option"),
    ):
        line = {"offer_id": offer["id"], "quantity": quantity, "options": options}
        assert refusal_of(story, trade, buyer, line) == reason


def refusal_of(story: Story, trade: LocalTrade, buyer: Member, line: dict[str, Any]) -> str:
    """Why the line cannot be had, whether the answer came with the request or after it."""
    body = {"lines": [line], "deliver_to": trade.buyer.deliver_to()}
    try:
        placed = buyer.caller.post("/v1/orders", body)
    except Refused as refusal:
        return str(refusal.problem["lines"][0]["reason"])
    return str(story.order_in(buyer, placed["id"], "refused")["refusal"]["lines"][0]["reason"])


def ordered(
    story: Story, trade: LocalTrade, buyer: Member, offer: dict[str, Any], expected: Expected
) -> dict[str, Any]:
    """Whoever agreed to more pays the real, lower price; below it the buyer is asked again by a refusal."""
    line = {"offer_id": offer["id"], "quantity": 2, "options": ["case"]}
    body = {"deliver_to": trade.buyer.deliver_to(), "buyer_reference": f"{trade.market}-1"}
    too_low = {**line, "unit_price": money(trade, FROM_TWO + CASE - 1)}
    assert refusal_of(story, trade, buyer, too_low) == "price_changed"
    asked = {**body, "lines": [{**line, "unit_price": money(trade, PRICE + CASE)}]}
    placed = story.order_in(buyer, buyer.caller.post("/v1/orders", asked)["id"], "awaiting_payment")
    order, pdf = story.purchase_order(buyer, placed["id"])
    (sold,) = order["seller_orders"][0]["lines"]
    assert (sold["grade"], sold["unit_price"]["amount"]) == (trade.grade, expected.unit)
    assert [(one["code"], one["price"]["amount"]) for one in sold["options"]] == [("case", expected.case)]
    assert [(one["kind"], one["amount"]["amount"]) for one in sold["levies"]] == [("eco_contribution", expected.levy)]
    paper = text_of(pdf)
    assert "Travel case" in paper
    assert expected.case_on_paper in paper
    return order


def money(trade: LocalTrade, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": trade.currency}
