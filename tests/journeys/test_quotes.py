"""One request for quotation in each market: sealed answers, an award in parts, and the order that is made of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade.companies import TRADES, LocalTrade
from regrade.platform import Platform, Refused, wait_for
from regrade.story import Member, Story
from tests.journeys.conftest import NO_LIMITS

pytestmark = pytest.mark.journey

PATH = "/v1/quote-requests"
# Two dozen: more than are sold over the counter (row C7).
FROM_STOCK, REFURBISHED = 14, 10
LEVY = 1_000
QUOTED, LISTED = 36_000, 45_000
READY_IN_DAYS = 12


@dataclass(frozen=True)
class Expected:
    """What the rules of a market make of it, worked out by hand.

    `unit` and `gross` are of one phone quoted at 360.00, in minor units. `only` says that the market has one seller.
    """

    unit: int
    gross: int
    calendar: Any
    zone: str
    only: bool
    watches: bool = False


MARKETS = {
    # Net prices and 20 % on them.
    "fr-pro": Expected(36_000, 43_200, holidays.FR, "Europe/Paris", only=False),
    # Net prices and 21 %; quotes are given for any device (row C8).
    "be-shop": Expected(36_000, 43_560, holidays.BE, "Europe/Brussels", only=True, watches=True),
    # Gross prices; phones for a business are under domestic reverse charge, so the 25 % are taken out first.
    "dk-shop": Expected(28_800, 28_800, holidays.DK, "Europe/Copenhagen", only=True),
    # Gross prices; more than 5,000 GBP of phones to a business are under domestic reverse charge, without an end.
    "uk-shop": Expected(30_000, 30_000, lambda **given: holidays.GB(subdiv="NIR", **given), "Europe/London", only=True),
    # Net prices and 21 %; 24 phones at 360.00 are below the 10,000.00 from which reverse charge holds.
    "nl-market": Expected(36_000, 43_560, holidays.NL, "Europe/Amsterdam", only=False),
}
# Article 199a of the VAT directive, by which Denmark has it.
REVERSE_CHARGE_ENDS = date(2026, 12, 31)


def expected_in(market: str, today: date) -> Expected:
    """What is to be expected today."""
    expected = MARKETS[market]
    if market == "dk-shop" and today > REVERSE_CHARGE_ENDS:
        return replace(expected, unit=QUOTED, gross=QUOTED)
    return expected


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A platform of its own: days pass on it."""
    found = Stack(tmp_path_factory.mktemp("quotes") / "state", free_port_base(), durable=False, extra=NO_LIMITS)
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


@pytest.mark.policy("C7", "*")
@pytest.mark.policy("C8", "*")
@pytest.mark.policy("1.4", "*")
@pytest.mark.parametrize("market", MARKETS)
def test_a_lot_is_quoted_awarded_and_ordered(story: Story, market: str) -> None:
    trade, expected = TRADES[market], expected_in(market, story.now().date())
    buyer, seller = story.buyer(trade.buyer, market), story.seller(trade.seller, ["normal"], market=market)
    rival = replace(trade.seller, name=f"Rival of {market} SAS", email=f"rival@{market}.example")
    other = seller if expected.only else story.seller(rival, ["normal"], market=market)
    ready_on = promised_for(story, expected)
    offers = {
        one.company_id: stocked(story, trade, one, ready_on)
        for one in {seller.company_id: seller, other.company_id: other}.values()
    }
    request = asked(story, trade, expected, buyer)
    answered(expected, request, seller, other, offers, ready_on)
    assert buyer.caller.get(f"{PATH}/{request['id']}/bids")["items"] == []
    # Nobody closes the round: its time ends by itself, after Christmas too.
    left = datetime.fromisoformat(request["answers_until"]) - story.now()
    story.platform.advance_clock(story.operator, seconds=int(left.total_seconds()) + 3600)
    quotes = unsealed(buyer, request["id"], count=len(offers))
    printed(buyer, request["id"], quotes)
    award = awarded(buyer, request["id"], quotes)
    order = ordered(story, trade, expected, buyer, award)
    assert {part["seller_id"] for part in order["seller_orders"]} == set(offers)
    story.wire(buyer, order)
    promised(story, expected, buyer, seller, other, order["id"], quotes)
    with pytest.raises(Refused) as again:
        buyer.caller.post("/v1/orders", {"award_id": award["id"], "deliver_to": trade.buyer.deliver_to()})
    assert (again.value.status, again.value.code) == (409, "award_used")
    assert buyer.caller.get(f"{PATH}/{request['id']}")["state"] == "ordered"


def stocked(story: Story, trade: LocalTrade, seller: Member, ready_on: date) -> str:
    """The id of an offer of twenty phones, with more to come, and a levy in the price of each."""
    line = {
        **trade.line(f"{trade.market}-Q", LISTED, 20),
        "in_refurbishment": [{"quantity": REFURBISHED, "ready_on": ready_on.isoformat()}],
        "levies": {
            trade.seller.country: [
                {"kind": "eco_contribution", "amount": {"amount": LEVY, "currency": trade.currency}},
            ]
        },
    }
    (pushed,) = story.push(seller, [line])
    offer_id: str = pushed["offer_id"]
    return offer_id


def asked(story: Story, trade: LocalTrade, expected: Expected, buyer: Member) -> dict[str, Any]:
    """The market gives quotes for its categories, and sellers have until the end of the next business day."""
    line = {
        "category": "smartphone",
        "model": "Samsung Galaxy S24",
        "quantity": FROM_STOCK + REFURBISHED,
        "grade": trade.grade,
        "battery_floor": 85,
        "refurbishing_accepted": True,
    }
    body = {"lines": [line], "note": "For two new offices", "currency": trade.currency}
    watch = {**line, "category": "watch", "battery_floor": None}
    if not expected.watches:
        with pytest.raises(Refused) as refused:
            buyer.caller.post(PATH, {**body, "lines": [watch]})
        assert (refused.value.status, refused.value.code) == (422, "quote_lines_refused")

    def taken() -> dict[str, Any] | None:
        found: dict[str, Any] = buyer.caller.post(PATH, body)
        return found

    request = wait_for(taken, "the request")
    assert (request["bulk"], request["lead_days"]) == (True, {"least": 7, "most": 14})
    zone = ZoneInfo(expected.zone)
    asked_on = datetime.fromisoformat(request["asked_at"]).astimezone(zone).date()
    until = datetime.fromisoformat(request["answers_until"]).astimezone(zone)
    assert (until.date(), until.strftime("%H:%M:%S")) == (next_business_day(expected, asked_on), "23:59:59")
    return request


def answered(
    expected: Expected, request: dict[str, Any], seller: Member, other: Member, offers: dict[str, str], ready_on: date
) -> None:
    """One has phones at hand, the other has some in refurbishment; where there is one seller only it offers both."""
    common = {"line_no": 1, "unit_price": QUOTED, "lead_business_days": 2}
    at_hand = {**common, "quantity": FROM_STOCK, "offer_id": offers[seller.company_id]}
    coming = {
        **common,
        "quantity": REFURBISHED,
        "offer_id": offers[other.company_id],
        "source": "in_refurbishment",
        "ready_on": ready_on.isoformat(),
        "battery_floor": 88,
    }
    path = f"{PATH}/{request['id']}/bid"
    seen = seller.caller.get(f"{PATH}/{request['id']}")
    assert seen["buyer_id"] is None
    with pytest.raises(Refused) as slow:
        seller.caller.put(path, {"lines": [{**at_hand, "lead_business_days": 11}]})
    assert slow.value.code == "bid_lines_refused"
    too_much = [
        {**coming, "quantity": REFURBISHED + 1},
        {**coming, "ready_on": (ready_on - timedelta(days=1)).isoformat()},
    ]
    for line, rule in zip(too_much, ("not_in_refurbishment", "not_ready_by_then"), strict=True):
        with pytest.raises(Refused) as beyond:
            other.caller.put(path, {"lines": [line]})
        assert [one["rule"] for one in beyond.value.problem["errors"]] == [rule]
    if expected.only:
        seller.caller.put(path, {"lines": [at_hand, coming]})
        return
    seller.caller.put(path, {"lines": [at_hand]})
    other.caller.put(path, {"lines": [coming]})
    # Neither sees the other's.
    for one in (seller, other):
        assert [bid["seller_id"] for bid in one.caller.get(f"{PATH}/{request['id']}/bids")["items"]] == [one.company_id]


def unsealed(buyer: Member, id: str, count: int) -> list[dict[str, Any]]:
    """Everything is seen at once, and holds for two weeks."""

    def offered() -> list[dict[str, Any]] | None:
        return list(buyer.caller.get(f"{PATH}/{id}/bids")["items"]) or None

    bids = wait_for(offered, "the quotes")
    assert [bid["state"] for bid in bids] == ["offered"] * count
    request = buyer.caller.get(f"{PATH}/{id}")
    holds = datetime.fromisoformat(bids[0]["valid_until"]) - datetime.fromisoformat(request["updated_at"])
    assert (request["state"], holds) == ("offered", timedelta(days=14))
    return bids


def printed(buyer: Member, id: str, bids: list[dict[str, Any]]) -> None:
    """Each quote is a paper too."""
    for bid in bids:

        def ready(path: str = f"{PATH}/{id}/bids/{bid['id']}/quote") -> bytes | None:
            try:
                return buyer.caller.content(path)
            except Refused as refused:
                if refused.code != "quote_not_printed_yet":
                    raise
                return None

        assert wait_for(ready, "the paper of a quote").startswith(b"%PDF")


def awarded(buyer: Member, id: str, bids: list[dict[str, Any]]) -> dict[str, Any]:
    """All that was asked for, of whoever has it; more than that cannot be taken."""
    lines = [
        {"bid_id": bid["id"], "place": line["place"], "quantity": line["quantity"]}
        for bid in bids
        for line in bid["lines"]
    ]
    too_many = [{**lines[0], "quantity": lines[0]["quantity"] + 1}]
    with pytest.raises(Refused) as refused:
        buyer.caller.post(f"{PATH}/{id}/award", {"lines": too_many})
    assert refused.value.code == "award_too_large"
    award: dict[str, Any] = buyer.caller.post(f"{PATH}/{id}/award", {"lines": lines})["award"]
    return award


def ordered(
    story: Story, trade: LocalTrade, expected: Expected, buyer: Member, award: dict[str, Any]
) -> dict[str, Any]:
    """One order at the prices of the quotes, whatever the offers cost, under one hold."""
    body = {
        "award_id": award["id"],
        "deliver_to": trade.buyer.deliver_to(),
        "buyer_reference": f"{trade.market}-Q",
        "currency": trade.currency,
    }
    placed = buyer.caller.post("/v1/orders", body)
    story.order_in(buyer, placed["id"], "AWAITING_PAYMENT")
    order, pdf = story.purchase_order(buyer, placed["id"])
    assert pdf.startswith(b"%PDF")
    lines = [line for part in order["seller_orders"] for line in part["lines"]]
    assert sorted(line["quantity"] for line in lines) == [REFURBISHED, FROM_STOCK]
    assert {line["unit_price"]["amount"] for line in lines} == {expected.unit}
    # On the basis of the price that it is part of.
    levy = {"amount": LEVY * expected.unit // QUOTED, "currency": trade.currency}
    assert [line["levies"] for line in lines] == [[{"kind": "eco_contribution", "amount": levy}]] * len(lines)
    assert order["totals"]["gross"] == {
        "amount": (FROM_STOCK + REFURBISHED) * expected.gross,
        "currency": trade.currency,
    }
    assert sum(line["quantity"] for line in order["lines"]) == FROM_STOCK + REFURBISHED
    return order


def promised(
    story: Story,
    expected: Expected,
    buyer: Member,
    seller: Member,
    other: Member,
    order_id: str,
    bids: list[dict[str, Any]],
) -> None:
    """What is still refurbished leaves from the promised day on, and no sooner is it owed."""
    story.order_in(buyer, order_id, "secured", "in_fulfilment")
    ready_on = max(date.fromisoformat(line["ready_on"]) for bid in bids for line in bid["lines"] if line["ready_on"])

    def to_ship() -> dict[str, Any] | None:
        parts = other.caller.get("/v1/seller/orders")["items"]
        mine = next(part for part in parts if part["order_id"] == order_id)
        if mine["state"] == "awaiting_acceptance":
            story.accept(other, order_id)
        return mine if mine["ship_by"] else None

    part = wait_for(to_ship, "the seller order to be ready")
    ship_by = datetime.fromisoformat(part["ship_by"]).astimezone(ZoneInfo(expected.zone)).date()
    # Ready on that day, and two business days to send it: one of them is what any stock has.
    begun = ready_on if is_business_day(expected, ready_on) else next_business_day(expected, ready_on)
    assert ship_by == next_business_day(expected, begun)
    assert seller.company_id in {
        one["seller_id"] for one in buyer.caller.get(f"/v1/orders/{order_id}")["seller_orders"]
    }


def promised_for(story: Story, expected: Expected) -> date:
    """The day on which what is being refurbished is ready."""
    return (story.now().astimezone(ZoneInfo(expected.zone)) + timedelta(days=READY_IN_DAYS)).date()


def is_business_day(expected: Expected, day: date) -> bool:
    return day.weekday() < 5 and day not in expected.calendar(years=day.year)


def next_business_day(expected: Expected, day: date) -> date:
    day += timedelta(days=1)
    return day if is_business_day(expected, day) else next_business_day(expected, day)
