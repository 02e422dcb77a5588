"""The buy box at the door: why an offer lost, what would change it, and whether its answer is enough to compute it by hand."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from catalog.clients.buy_box_chore import BuyBoxChore
from catalog.domain.buy_box import BoxState, Contender, score, shares_of, standing
from catalog.domain.seller import Seller, SellerState
from catalog.domain.seller_record import SellerRecord
from catalog.use_cases.note_seller import NoteSeller, note_seller
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_line
from ..conftest import Door, results

pytestmark = pytest.mark.storage

BUYER = new_id()
PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "win-the-buy-box.md"


async def on_sale(door: Door, seller: Seller, *lines: dict[str, Any]) -> list[str]:
    """The ids of offers, once their boxes are decided."""
    ids = [line["offer_id"] for line in results(await door.push(seller, lines))]
    await decided(door)
    return ids


async def decided(door: Door) -> None:
    chore = BuyBoxChore(door.catalog.executor)
    while await chore.round():
        pass
    door.catalog.clock.advance(minutes=1)


async def box(door: Door, seller: Seller, offer: str, which: str = "", **params: Any) -> dict[str, Any]:
    answer = await door.get(
        f"/v1/seller/offers/{offer}/buy-box{which}", "seller", seller.id, "stock:read", own_market=None, **params
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(door: Door, path: str, kind: str, company: Id, scope: str, **params: Any) -> tuple[int, str]:
    answer = await door.get(path, kind, company, scope, **params)
    return answer.status_code, answer.json()["code"]


def by_hand(contender: Mapping[str, Any], formula: Mapping[str, int]) -> tuple[int, str, str]:
    """The published formula once more, from what a seller reads and nothing else; the lowest of these wins."""
    cost = contender["unit_price"]["amount"] * contender["quantity"] + contender["shipping_fee"]["amount"]
    points = (
        formula["dispatch_day"] * min(contender["dispatch_business_days"], formula["dispatch_days_most"])
        + formula["warranty_month"] * max(0, formula["warranty_months_best"] - contender["warranty_months"])
        + formula["battery_percent"] * (100 - contender["battery_percent"])
        + formula["late_percent"] * contender["late_share"] // 100
        + formula["claim_percent"] * contender["claim_share"] // 100
    )
    return cost * (10_000 + points), contender["opened_at"], contender["offer_id"]


async def test_a_loser_reads_why_in_figures_and_wins_at_the_price_it_is_told(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    (theirs,) = await on_sale(
        door, rival, a_line(price={"amount": 38_000, "currency": "EUR"}, warranty_months=24, dispatch_business_days=2)
    )
    (mine,) = await on_sale(door, own, a_line())
    lost = await box(door, own, mine)
    assert (lost["state"], lost["place"], lost["contenders"], lost["not_competing_because"]) == ("lost", 2, 2, [])
    assert (lost["rival"]["offer_id"], lost["rival"]["yours"], lost["own"]["yours"]) == (theirs, False, True)
    # 39890 at 735 basis points against 38990 at 555, each term by itself.
    assert {one["term"]: one["difference"] for one in lost["differences"]} == {
        "price": 900, "shipping_fee": 0, "dispatch": 239 - 467, "warranty": 1_914 - 935, "battery": 398 - 389,
        "late": 199 - 194, "claims": 179 - 175,
    }  # fmt: skip
    for one in (lost["own"], lost["rival"]):
        assert by_hand(one, lost["formula"])[0] == one["score"]
    assert lost["decision"]["winner_offer_id"] == theirs
    at = lost["price_to_win"]["amount"]
    cheaper = {"sku": "A-1", "price": {"amount": at + 1, "currency": "EUR"}}
    await on_sale(door, own, cheaper)
    assert (await box(door, own, mine))["state"] == "lost"
    await on_sale(door, own, cheaper | {"price": {"amount": at, "currency": "EUR"}})
    won = await box(door, own, mine)
    assert (won["state"], won["place"], won["decision"]["winner_offer_id"]) == ("won", 1, mine)
    assert (await box(door, rival, theirs))["state"] == "lost"


async def test_what_if_answers_as_the_real_thing_would_and_writes_nothing(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    await on_sale(door, rival, a_line(price={"amount": 38_500, "currency": "EUR"}))
    (mine,) = await on_sale(door, own, a_line())
    before = await door.catalog.rows(
        "select (o.*)::text, (select count(*) from buy_box_decisions) from offers o order by id"
    )
    tried = {"price": 38_700, "shipping_fee": 500, "dispatch_business_days": 0, "warranty_months": 24}
    simulated = await box(door, own, mine, "/simulation", **tried, battery_health_percent=95)
    assert simulated["state"] == "won"
    assert simulated["market_refuses"] == []
    after = await door.catalog.rows(
        "select (o.*)::text, (select count(*) from buy_box_decisions) from offers o order by id"
    )
    assert after == before
    pushed = {
        "sku": "A-1",
        "price": {"amount": 38_700, "currency": "EUR"},
        "shipping_fee": {"amount": 500, "currency": "EUR"},
        "dispatch_business_days": 0,
        "warranty_months": 24,
        "battery_health_percent": 95,
    }
    await on_sale(door, own, pushed)
    real = await box(door, own, mine)
    same = ("state", "own", "rival", "place", "differences", "price_to_win")
    assert {name: simulated[name] for name in same} == {name: real[name] for name in same}
    # What the market would not take is named.
    (detail,) = (await box(door, own, mine, "/simulation", warranty_months=6))["market_refuses"]
    assert "warranty.months" in detail


async def test_the_price_to_win_knows_the_sellers_own_floor(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    (floored,) = await on_sale(door, own, a_line(floor_price={"amount": 38_000, "currency": "EUR"}))
    await on_sale(door, rival, a_line(price={"amount": 38_500, "currency": "EUR"}))
    # It was there first, so that an equal price is enough.
    above = await box(door, own, floored)
    assert (above["price_to_win"]["amount"], above["price_to_win_below_floor"]) == (38_500, False)
    await on_sale(door, rival, {"sku": "A-1", "price": {"amount": 37_999, "currency": "EUR"}})
    below = await box(door, own, floored)
    assert (below["price_to_win"]["amount"], below["price_to_win_below_floor"]) == (37_999, True)


async def test_whoever_cannot_be_bought_is_told_why_and_how_it_would_stand(door: Door) -> None:
    seller, rival = await door.catalog.admit(), await door.catalog.admit()
    (mine,) = await on_sale(door, seller, a_line(quantity=0))
    alone = await box(door, seller, mine)
    assert (alone["state"], alone["not_competing_because"], alone["decision"]) == (
        "not_competing",
        ["out_of_stock"],
        None,
    )
    assert alone["price_to_win"] is None
    await on_sale(door, rival, a_line(price={"amount": 39_500, "currency": "EUR"}))
    hungry = await box(door, seller, mine)
    assert (hungry["state"], hungry["place"]) == ("not_competing", 1)
    assert (await box(door, seller, mine, "/simulation"))["state"] == "won"
    await on_sale(door, seller, {"sku": "A-1", "quantity": 4})
    assert (await box(door, seller, mine, quantity=5))["not_competing_because"] == ["not_enough_stock"]
    assert (await box(door, seller, mine, quantity=4))["state"] == "won"


async def test_larger_quantities_are_a_comparison_of_their_own(door: Door) -> None:
    single, bulk = await door.catalog.admit(), await door.catalog.admit()
    (by_one,) = await on_sale(door, single, a_line(quantity=50))
    tiers = {"all": [{"from_quantity": 10, "price": {"amount": 36_000, "currency": "EUR"}}]}
    (by_ten,) = await on_sale(
        door, bulk, a_line(quantity=50, price={"amount": 39_500, "currency": "EUR"}, price_tiers=tiers)
    )
    assert (await box(door, single, by_one))["state"] == "won"
    many = await box(door, bulk, by_ten, quantity=10)
    assert (many["state"], many["own"]["unit_price"]["amount"], many["own"]["cost"]["amount"]) == (
        "won",
        36_000,
        360_990,
    )


async def test_buyers_see_all_offers_of_the_thing_in_the_order_of_the_formula(door: Door) -> None:
    sellers = [await door.catalog.admit() for _ in range(4)]
    terms = [(38_900, 1, 12), (38_600, 3, 12), (39_200, 0, 24), (37_000, 1, 12)]
    ids = []
    for seller, (price, days, months) in zip(sellers, terms, strict=True):
        line = a_line(price={"amount": price, "currency": "EUR"}, dispatch_business_days=days, warranty_months=months)
        ids += await on_sale(door, seller, line)
    await on_sale(door, sellers[3], {"sku": "A-1", "state": "paused"})
    await on_sale(door, sellers[2], a_line("other", grade="fair"))
    path = f"/v1/offers/{ids[0]}/alternatives"
    answer = (await door.get(path, "buyer", BUYER, "catalog:read")).json()
    shown = [one["offer_id"] for one in answer["items"]]
    assert shown == [ids[2], ids[0], ids[1]]
    assert sorted(answer["items"], key=lambda one: by_hand(one, answer["formula"])) == answer["items"]
    assert not any(one["yours"] for one in answer["items"])
    assert await refused(door, f"/v1/offers/{ids[3]}/alternatives", "buyer", BUYER, "catalog:read") == (
        404,
        "offer_not_found",
    )
    dutch = await refused(door, path, "buyer", BUYER, "catalog:read", own_market="nl-market")
    assert dutch == (404, "offer_not_found")
    await door.catalog.executor.run(partial(note_seller, NoteSeller(sellers[0].id, SellerState.SUSPENDED)))
    assert await refused(door, path, "buyer", BUYER, "catalog:read") == (404, "offer_not_found")


async def test_a_country_with_prices_of_its_own_has_a_winner_of_its_own(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    (mine,) = await on_sale(door, own, a_line(prices={"DE": {"amount": 35_000, "currency": "EUR"}}))
    (theirs,) = await on_sale(door, rival, a_line(price={"amount": 38_000, "currency": "EUR"}))
    for country, winner in (("FR", theirs), ("ES", theirs), ("DE", mine)):
        found = await box(door, own, mine, price_country=country)
        assert found["decision"]["winner_offer_id"] == winner
        assert (found["state"] == "won") == (winner == mine)
    await on_sale(door, own, {"sku": "A-1", "prices": {}})
    assert (await box(door, own, mine, price_country="DE"))["decision"]["winner_offer_id"] == theirs


async def test_every_decision_can_be_made_again_from_its_page(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    (mine,) = await on_sale(door, own, a_line())
    for price in (39_500, 38_700, 38_600, 39_000, 38_300):
        await on_sale(door, rival, a_line(price={"amount": price, "currency": "EUR"}))
    seen: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not seen:
        page = await box(door, own, mine, "/decisions", limit=4, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next_cursor"]
    assert [one["version"] for one in seen] == [6, 5, 4, 3, 2, 1]
    for one in seen:
        best = min(one["contenders"], key=lambda contender: by_hand(contender, one["formula"]))
        assert best["offer_id"] == one["winner_offer_id"]
    assert [one["winner_offer_id"] == mine for one in seen] == [False, True, False, False, True, True]
    path = f"/v1/seller/offers/{mine}/buy-box/decisions"
    assert await refused(door, path, "seller", own.id, "stock:read", cursor="WyJ4Il0") == (422, "cursor_invalid")


async def test_nobody_reads_the_box_of_somebody_elses_offer_but_the_operator(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    (mine,) = await on_sale(door, own, a_line())
    for which in ("", "/simulation", "/decisions"):
        path = f"/v1/seller/offers/{mine}/buy-box{which}"
        assert await refused(door, path, "seller", rival.id, "stock:read") == (404, "offer_not_found")
        assert await refused(door, path, "seller", own.id, "stock:write") == (403, "scope_missing")
        assert (await door.get(path, "operator", BUYER, "stock:read", own_market=None)).status_code == 200
        nowhere = path.replace(mine, str(new_id()))
        assert await refused(door, nowhere, "seller", own.id, "stock:read") == (404, "offer_not_found")
        japan = await refused(door, path, "seller", own.id, "stock:read", price_country="JP")
        assert japan == (422, "country_not_served")
    for wrong in ({"price": 0}, {"shipping_fee": -1}, {"dispatch_business_days": 61}, {"quantity": 0}):
        path = f"/v1/seller/offers/{mine}/buy-box/simulation"
        assert (await refused(door, path, "seller", own.id, "stock:read", **wrong))[0] == 422


def test_the_example_of_the_page_for_sellers_is_right() -> None:
    shares = shares_of(SellerRecord()), shares_of(SellerRecord(due=180, late=4, claimed=2))
    other = Contender(new_id(), new_id(), NOW, 1, 39_500, 0, 1, 24, 85, *shares[1])
    yours = Contender(new_id(), new_id(), NOW.replace(hour=10), 1, 38_900, 990, 2, 12, 90, *shares[0])
    less = yours._replace(unit_price=38_400)
    better = less._replace(warranty_months=24, dispatch_business_days=1)
    page = PAGE.read_text(encoding="utf-8")
    shown = [tuple(map(int, found)) for found in re.findall(r"(\d+) × (\d+) = (\d+)", page)]
    told = [score(one) for one in (yours, other, less, better)]
    assert shown == [(one.contender.cost, 10_000 + sum(one.surcharges), one.score) for one in told]
    for one in told[:2]:
        assert f"{' + '.join(map(str, one.surcharges))} = {sum(one.surcharges)}" in page
    assert f"| {shares[0][0]}, {shares[0][1]} | {shares[1][0]}, {shares[1][1]} |" in page
    found = standing(yours, [other])
    assert (found.state, standing(less, [other]).state, standing(better, [other]).state) == (
        BoxState.LOST, BoxState.LOST, BoxState.WON,
    )  # fmt: skip
    assert found.price_to_win is not None
    assert f"at {found.price_to_win // 100}.{found.price_to_win % 100:02} EUR and no more" in page


async def test_hits_and_offers_say_which_of_them_holds_the_buy_box(door: Door) -> None:
    own, rival = await door.catalog.admit(), await door.catalog.admit()
    german = {"DE": {"amount": 36_000, "currency": "EUR"}}
    (dear,) = await on_sale(door, own, a_line(prices=german))
    (cheap,) = results(await door.push(rival, [a_line(price={"amount": 38_000, "currency": "EUR"})]))
    # Nothing was decided since, so the only offer there was holds the box.
    assert await best(door) == {dear: True, cheap["offer_id"]: False}
    await decided(door)
    cheap = cheap["offer_id"]
    assert await best(door) == {dear: False, cheap: True}
    # Germans have a price of their own, and a box of their own.
    assert await best(door, price_country="DE") == {dear: True, cheap: False}
    # Who buys more than one unit is not told who wins at one.
    assert await best(door, quantity=2) == {dear: None, cheap: None}
    for offer, holds in ((dear, False), (cheap, True)):
        read = await door.get(f"/v1/offers/{offer}", "buyer", BUYER, "catalog:read")
        assert read.json()["is_best_offer"] is holds
    # Sold out a moment ago: nobody is told to buy it, decided or not.
    await door.push(rival, [{"sku": "A-1", "quantity": 0}])
    assert await best(door) == {dear: False, cheap: False}
    await decided(door)
    assert await best(door) == {dear: True, cheap: False}


async def test_a_new_offer_is_neither_best_nor_not_before_it_was_compared(door: Door) -> None:
    seller = await door.catalog.admit()
    (new,) = results(await door.push(seller, [a_line()]))
    assert await best(door) == {new["offer_id"]: None}


async def best(door: Door, **params: Any) -> dict[str, bool | None]:
    """What the search says of each hit."""
    answer = await door.get("/v1/offers", "buyer", BUYER, "catalog:read", **params)
    assert answer.status_code == 200, answer.text
    return {one["id"]: one["is_best_offer"] for one in answer.json()["items"]}
