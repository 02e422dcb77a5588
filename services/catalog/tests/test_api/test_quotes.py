"""From a request over sealed answers to an award and its order, through the door and on a real database."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from catalog.clients.quote_papers import make_quote_paper
from catalog.domain.quote_errors import PartyNotKnown
from catalog.domain.reservation import PlacedOrder
from catalog.domain.seller import Seller, SellerState
from catalog.use_cases.close_round import EndRound, end_round
from catalog.use_cases.expire_quotes import ExpireQuotes, expire_quotes
from catalog.use_cases.prepare_quote_paper import MAKE_QUOTE_PAPER
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_line
from ..conftest import INTERNAL, Door, results

pytestmark = pytest.mark.storage

PATH = "/v1/quote-requests"
PHONES = {"category": "smartphone", "model": "Apple iPhone 13 128 GB", "quantity": 30, "grade": "good"}


@dataclass
class Market:
    """A buyer, and sellers with an offer each."""

    door: Door
    buyer_id: Id

    async def as_buyer(self, method: str, path: str, body: Any = None, **who: Any) -> Any:
        scopes = ("orders:read", "orders:write")
        headers = self.door.tokens.headers(
            "buyer", who.get("id", self.buyer_id), *scopes, market="fr-pro", key=str(new_id())
        )
        return await self.door.client.request(method, path, headers=headers, json=body)

    async def as_seller(self, seller: Seller, method: str, path: str, body: Any = None) -> Any:
        scopes = ("stock:read", "stock:write")
        headers = self.door.tokens.headers("seller", seller.id, *scopes, market=None, key=str(new_id()))
        return await self.door.client.request(method, path, headers=headers, json=body)

    async def as_staff(self, kind: str, path: str) -> Any:
        scope = "audit:read" if kind == "auditor" else "orders:read"
        headers = self.door.tokens.headers(kind, new_id(), scope, market=None)
        return await self.door.client.get(path, headers=headers)

    async def seller(self, quantity: int = 30, **line: Any) -> tuple[Seller, str]:
        """A seller with so many free phones, and its offer."""
        seller = await self.door.catalog.admit()
        (pushed,) = results(await self.door.push(seller, [a_line("A", quantity=quantity, **line)]))
        return seller, pushed["offer_id"]

    async def request(self, *lines: dict[str, Any], **more: Any) -> Any:
        answer = await self.as_buyer("POST", PATH, {"lines": list(lines) or [PHONES], **more})
        assert answer.status_code == 201, answer.text
        assert answer.headers["Location"] == f"{PATH}/{answer.json()['id']}"
        return answer.json()

    async def bid(self, seller: Seller, id: str, *lines: dict[str, Any], **more: Any) -> Any:
        answer = await self.as_seller(seller, "PUT", f"{PATH}/{id}/bid", {"lines": list(lines), **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def close(self, id: str) -> Any:
        answer = await self.as_buyer("POST", f"{PATH}/{id}/round-closure")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def award(self, id: str, *choices: tuple[Any, int]) -> Any:
        lines = [{"bid_id": bid["id"], "place": 1, "quantity": quantity} for bid, quantity in choices]
        return await self.as_buyer("POST", f"{PATH}/{id}/award", {"lines": lines})

    async def bids_seen(self, reader: Any, id: str) -> list[Any]:
        answer = await reader("GET", f"{PATH}/{id}/bids")
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json()["items"]
        return found

    async def order(self, award_id: str, **changes: Any) -> Any:
        """What catalog answers to an order of the award."""
        order = PlacedOrder(
            new_id(),
            "fr-pro",
            "FR",
            "EUR",
            (),
            buyer_id=changes.get("buyer_id", self.buyer_id),
            award_id=Id(award_id),
            delivery_country="FR",
        )
        await self.run(partial(reserve_stock, ReserveStock(order)))
        return (await self.door.catalog.events("catalog.reservation", order.order_id))[0]

    async def run(self, work: Any) -> Any:
        return await self.door.catalog.executor.run(work)

    async def told(self, id: str) -> list[str]:
        return [one.type.split(".")[2] for one in await self.door.catalog.events("catalog.quote", Id(id))]


def phones(offer_id: str, quantity: int = 30, unit_price: int = 35_000, **more: Any) -> dict[str, Any]:
    return {"line_no": 1, "offer_id": offer_id, "quantity": quantity, "unit_price": unit_price, **more}


@pytest.fixture
async def market(door: Door) -> Market:
    return Market(door, new_id())


async def test_sealed_answers_are_unsealed_together_awarded_in_part_and_ordered_once(market: Market) -> None:
    levies = [{"kind": "private_copying", "amount": {"amount": 1_400, "currency": "EUR"}}]
    (one, first), (two, second) = await market.seller(20, levies={"FR": levies}), await market.seller(30)
    asked = await market.request(PHONES)
    assert (asked["state"], asked["round"], asked["bulk"]) == ("open", 1, True)
    assert asked["lead_days"] == {"least": 7, "most": 14}
    id = asked["id"]
    await market.bid(one, id, phones(first, 20, 34_000), shipping_fee=990)
    await market.bid(two, id, phones(second, 30, 36_000))
    assert (await market.bids_seen(market.as_buyer, id)) == []
    await market.close(id)
    cheap, dear = sorted(
        await market.bids_seen(market.as_buyer, id), key=lambda bid: bid["lines"][0]["unit_price"]["amount"]
    )
    assert (cheap["state"], cheap["seller_id"]) == ("offered", str(one.id))
    awarded = await market.award(id, (cheap, 18), (dear, 12))
    assert awarded.status_code == 200, awarded.text
    award = awarded.json()["award"]
    held = await market.order(award["id"])
    assert held.type == "catalog.reservation.held.v1"
    lines = [(line["offer_id"], line["quantity"], line["unit_price"]["amount"]) for line in held.data["lines"]]
    assert lines == [(first, 18, 34_000), (second, 12, 36_000)]
    assert [line["levies"] for line in held.data["lines"]] == [levies, []]
    assert [bid["lines"][0]["levies"] for bid in (cheap, dear)] == [levies, []]
    fees = {fee["seller_id"]: fee["fee"]["amount"] for fee in held.data["shipping"]}
    assert fees == {str(one.id): 990, str(two.id): 0}
    stock = await market.door.catalog.rows("select offer_id, held from stock")
    assert {(str(row.offer_id), row.held) for row in stock} == {(first, 18), (second, 12)}
    again = await market.order(award["id"])
    assert (again.type, again.data["reason"]) == ("catalog.reservation.refused.v1", "award_used")
    assert await market.told(id) == ["asked", "offered", "accepted", "ordered"]


async def test_rivals_learn_nothing_of_each_other(market: Market) -> None:
    (one, first), (two, second) = await market.seller(), await market.seller()
    id = (await market.request())["id"]
    before = (await market.as_seller(two, "GET", f"{PATH}/{id}")).json()
    assert (before["buyer_id"], before["version"]) == (None, 1)
    await market.bid(one, id, phones(first, 30, 34_000))
    after = (await market.as_seller(two, "GET", f"{PATH}/{id}")).json()
    # Not even that somebody has answered: the request reads the same, its version included.
    assert after == before
    assert (await market.bids_seen(partial(market.as_seller, two), id)) == []
    (own,) = await market.bids_seen(partial(market.as_seller, one), id)
    assert own["state"] == "sealed"
    # On topics neither, whoever may read them.
    (told,) = await market.door.catalog.events("catalog.quote")
    assert told.type == "catalog.quote.asked.v1"
    assert set(told.data["asked_ids"]) == {str(one.id), str(two.id)}
    assert "34000" not in str(told.data)
    # The platform's own people see everything.
    assert len((await market.as_staff("operator", f"{PATH}/{id}/bids")).json()["items"]) == 1
    assert len((await market.as_staff("auditor", f"{PATH}/{id}/bids")).json()["items"]) == 1
    await market.bid(two, id, phones(second, 5, 30_000))
    await market.close(id)
    bids = await market.bids_seen(market.as_buyer, id)
    await market.award(id, *((bid, 1) for bid in bids if bid["seller_id"] == str(one.id)))
    # Who was not chosen still sees its own, and nothing of the award.
    lost = (await market.as_seller(two, "GET", f"{PATH}/{id}")).json()
    assert (lost["state"], lost["award"]) == ("accepted", None)
    assert [bid["seller_id"] for bid in await market.bids_seen(partial(market.as_seller, two), id)] == [str(two.id)]


async def test_the_last_answer_of_a_seller_counts_and_comes_before_the_round_is_closed(market: Market) -> None:
    seller, offer = await market.seller()
    id = (await market.request())["id"]
    await market.bid(seller, id, phones(offer, 30, 36_000))
    revised = await market.bid(seller, id, phones(offer, 10, 33_000))
    assert (revised["version"], revised["state"]) == (2, "sealed")
    await market.close(id)
    (seen,) = await market.bids_seen(market.as_buyer, id)
    assert [(line["quantity"], line["unit_price"]["amount"]) for line in seen["lines"]] == [(10, 33_000)]
    late = await market.as_seller(seller, "PUT", f"{PATH}/{id}/bid", {"lines": [phones(offer)]})
    assert (late.status_code, late.json()["code"]) == (409, "quote_request_move_refused")
    assert late.json()["state"] == "offered"


async def test_the_round_ends_by_itself_and_without_an_answer_the_request_is_over(market: Market) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    clock = market.door.catalog.clock
    request = (await market.as_buyer("GET", f"{PATH}/{id}")).json()
    # Before its time the timer does nothing, and neither when it comes a second time.
    await market.run(partial(end_round, EndRound(Id(id))))
    assert await market.told(id) == ["asked"]
    clock.advance(days=3)
    late = await market.as_seller(seller, "PUT", f"{PATH}/{id}/bid", {"lines": [phones(offer)]})
    assert (late.status_code, late.json()["code"]) == (409, "round_over")
    assert late.json()["answers_until"][:16] == request["answers_until"][:16]
    await market.run(partial(end_round, EndRound(Id(id))))
    await market.run(partial(end_round, EndRound(Id(id))))
    assert await market.told(id) == ["asked", "closed_no_offer"]
    refused = await market.as_buyer("POST", f"{PATH}/{id}/withdrawal")
    assert (refused.status_code, refused.json()["state"]) == (409, "closed_no_offer")


async def test_in_another_round_old_answers_go_on_holding_unless_their_seller_answers_anew(market: Market) -> None:
    (one, first), (two, second) = await market.seller(), await market.seller()
    id = (await market.request())["id"]
    await market.bid(one, id, phones(first, 30, 36_000))
    await market.bid(two, id, phones(second, 30, 37_000))
    await market.close(id)
    opened = await market.as_buyer("POST", f"{PATH}/{id}/rounds", {"answer_business_days": 2})
    assert (opened.status_code, opened.json()["round"]) == (200, 2)
    await market.bid(one, id, phones(first, 30, 33_000))
    await market.close(id)
    seen = await market.bids_seen(market.as_buyer, id)
    states = {(bid["round"], bid["seller_id"], bid["state"]) for bid in seen}
    assert states == {(1, str(one.id), "replaced"), (1, str(two.id), "offered"), (2, str(one.id), "offered")}
    replaced = next(bid for bid in seen if bid["state"] == "replaced")
    assert (await market.award(id, (replaced, 1))).json()["code"] == "choice_unknown"
    assert await market.told(id) == ["asked", "offered", "asked_again", "offered"]


async def test_what_is_not_ordered_in_time_expires(market: Market) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    await market.bid(seller, id, phones(offer))
    await market.close(id)
    (bid,) = await market.bids_seen(market.as_buyer, id)
    award_id = (await market.award(id, (bid, 5))).json()["award"]["id"]
    market.door.catalog.clock.advance(days=14, seconds=1)
    assert (await market.order(award_id)).data["reason"] == "award_expired"
    await market.run(partial(expire_quotes, ExpireQuotes(Id(id))))
    await market.run(partial(expire_quotes, ExpireQuotes(Id(id))))
    assert await market.told(id) == ["asked", "offered", "accepted", "expired"]


@pytest.mark.parametrize(("days", "state"), [(5, "accepted"), (15, "expired")], ids=["in time", "too late"])
async def test_an_order_that_ends_unpaid_gives_its_award_back_while_it_holds(
    market: Market, days: int, state: str
) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    await market.bid(seller, id, phones(offer))
    await market.close(id)
    (bid,) = await market.bids_seen(market.as_buyer, id)
    award_id = (await market.award(id, (bid, 5))).json()["award"]["id"]
    held = await market.order(award_id)
    market.door.catalog.clock.advance(days=days)
    # The timers of quotes leave alone what was ordered.
    await market.run(partial(expire_quotes, ExpireQuotes(Id(id))))
    release = ReleaseReservation(Id(held.data["order_id"]), "auto_cancelled")
    await market.run(partial(release_reservation, release))
    assert (await market.as_buyer("GET", f"{PATH}/{id}")).json()["state"] == state
    again = await market.order(award_id)
    assert again.type.split(".")[2] == ("held" if state == "accepted" else "refused")


async def test_of_two_awards_at_a_time_one_is_made_and_it_can_be_given_up(market: Market) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    await market.bid(seller, id, phones(offer))
    await market.close(id)
    (bid,) = await market.bids_seen(market.as_buyer, id)
    answers: Sequence[Any] = await asyncio.gather(*(market.award(id, (bid, n)) for n in (5, 7)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    given_up = await market.as_buyer("POST", f"{PATH}/{id}/award/withdrawal")
    assert (given_up.json()["state"], given_up.json()["award"]) == ("offered", None)
    first = next(answer.json()["award"]["id"] for answer in answers if answer.status_code == 200)
    anew = (await market.award(id, (bid, 30))).json()["award"]["id"]
    assert anew != first
    assert (await market.order(first)).data["reason"] == "award_unknown"
    assert (await market.order(anew)).type == "catalog.reservation.held.v1"


async def test_of_two_orders_of_one_award_at_a_time_one_is_held(market: Market) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    await market.bid(seller, id, phones(offer))
    await market.close(id)
    (bid,) = await market.bids_seen(market.as_buyer, id)
    award_id = (await market.award(id, (bid, 5))).json()["award"]["id"]
    answers = await asyncio.gather(*(market.order(award_id) for _ in range(4)))
    assert sorted(answer.type.split(".")[2] for answer in answers) == ["held", "refused", "refused", "refused"]
    (row,) = await market.door.catalog.rows("select held from stock")
    assert row.held == 5


async def test_a_seller_may_take_back_what_was_not_taken(market: Market) -> None:
    (one, first), (two, second) = await market.seller(), await market.seller()
    id = (await market.request())["id"]
    sealed = await market.bid(one, id, phones(first))
    back = await market.as_seller(one, "POST", f"{PATH}/{id}/bids/{sealed['id']}/withdrawal")
    assert (back.status_code, back.json()["state"]) == (200, "withdrawn")
    # Nobody was told, and it may think again.
    assert await market.told(id) == ["asked"]
    await market.bid(one, id, phones(first))
    other = await market.bid(two, id, phones(second))
    foreign = await market.as_seller(one, "POST", f"{PATH}/{id}/bids/{other['id']}/withdrawal")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "bid_not_found")
    await market.close(id)
    await market.as_seller(one, "POST", f"{PATH}/{id}/bids/{sealed['id']}/withdrawal")
    (left,) = [bid for bid in await market.bids_seen(market.as_buyer, id) if bid["state"] == "offered"]
    await market.award(id, (left, 1))
    taken = await market.as_seller(two, "POST", f"{PATH}/{id}/bids/{other['id']}/withdrawal")
    assert (taken.status_code, taken.json()["state"]) == (409, "accepted")
    await market.as_buyer("POST", f"{PATH}/{id}/award/withdrawal")
    await market.as_seller(two, "POST", f"{PATH}/{id}/bids/{other['id']}/withdrawal")
    assert (await market.told(id))[-3:] == ["accepted", "award_given_up", "closed_no_offer"]


async def test_a_buyer_declines_or_withdraws(market: Market) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    await market.bid(seller, id, phones(offer))
    early = await market.as_buyer("POST", f"{PATH}/{id}/declination")
    assert (early.status_code, early.json()["state"]) == (409, "open")
    assert (await market.as_buyer("POST", f"{PATH}/{id}/withdrawal")).json()["state"] == "withdrawn"
    assert (await market.bids_seen(market.as_buyer, id)) == []
    (own,) = await market.bids_seen(partial(market.as_seller, seller), id)
    assert own["state"] == "dropped"
    other = (await market.request())["id"]
    await market.bid(seller, other, phones(offer))
    await market.close(other)
    assert (await market.as_buyer("POST", f"{PATH}/{other}/declination")).json()["state"] == "declined"


async def test_only_sellers_of_the_market_and_the_category_see_and_answer(market: Market) -> None:
    seller, offer = await market.seller()
    elsewhere = await market.door.catalog.admit(markets=("nl-market",))
    id = (await market.request())["id"]
    screens = (await market.request({"category": "monitor", "model": "24 inch", "quantity": 3}))["id"]
    assert [one["id"] for one in (await market.as_seller(seller, "GET", PATH)).json()["items"]] == [id]
    assert (await market.as_seller(elsewhere, "GET", PATH)).json()["items"] == []
    for stranger, path in ((seller, screens), (elsewhere, id)):
        assert (await market.as_seller(stranger, "GET", f"{PATH}/{path}")).status_code == 404
        refused = await market.as_seller(stranger, "PUT", f"{PATH}/{path}/bid", {"lines": [phones(offer)]})
        assert (refused.status_code, refused.json()["code"]) == (404, "quote_request_not_found")
    suspended = Seller(seller.id, SellerState.SUSPENDED, seller.markets, seller.version + 1)
    await market.run(lambda uow, now: uow.sellers.save(suspended))
    gone = await market.as_seller(seller, "PUT", f"{PATH}/{id}/bid", {"lines": [phones(offer)]})
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/bids", None),
        ("POST", "/round-closure", None),
        ("POST", "/rounds", {}),
        ("POST", "/award", {"lines": [{"bid_id": str(new_id()), "place": 1, "quantity": 1}]}),
        ("POST", "/award/withdrawal", None),
        ("POST", "/declination", None),
        ("POST", "/withdrawal", None),
    ],
)
async def test_another_companys_request_is_not_there(market: Market, method: str, path: str, body: Any) -> None:
    id = (await market.request())["id"]
    answer = await market.as_buyer(method, f"{PATH}/{id}{path}", body, id=new_id())
    assert (answer.status_code, answer.json()["code"]) == (404, "quote_request_not_found")


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ({"quantity": 31, "offer": "own"}, "not_enough_stock"),
        ({"offer": "foreign"}, "offer_id"),
        ({"source": "in_refurbishment", "offer": "own"}, "ready_on"),
        (
            {"source": "in_refurbishment", "offer": "own", "ready_on": "2026-12-01", "quantity": 9},
            "not_in_refurbishment",
        ),
        ({"source": "in_refurbishment", "offer": "own", "ready_on": "2026-11-30", "quantity": 8}, "not_ready_by_then"),
        ({"unit_price": 23, "offer": "own"}, "levies"),
        ({"ready_on": "2026-12-01", "offer": "own"}, "ready_on"),
        ({"lead_business_days": 11, "offer": "own"}, "quotes.bulk_lead_days_most"),
    ],
)
async def test_a_bid_is_refused_with_the_rule_and_the_line(market: Market, line: dict[str, Any], rule: str) -> None:
    terms = {
        "in_refurbishment": [{"quantity": 8, "ready_on": "2026-12-01"}],
        "levies": {"FR": [{"kind": "eco_contribution", "amount": {"amount": 24, "currency": "EUR"}}]},
    }
    (seller, own), (_, foreign) = await market.seller(**terms), await market.seller()
    id = (await market.request({**PHONES, "quantity": 40, "refurbishing_accepted": True}))["id"]
    said = {**line}
    offer = {"own": own, "foreign": foreign}[said.pop("offer")]
    answer = await market.as_seller(seller, "PUT", f"{PATH}/{id}/bid", {"lines": [{**phones(offer), **said}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "bid_lines_refused")
    (error,) = answer.json()["errors"]
    assert (error["rule"], error["market"], error["pointer"].startswith("/lines/0/")) == (rule, "fr-pro", True)


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 0},
        {"quantity": -3},
        {"quantity": 10_000},
        {"quantity": 1.5},
        {"battery_floor": 101},
        {"model": "   "},
        {"model": "one\nline too many"},
        {"warranty_months": -1},
        {"needed_by": "soon"},
        {"unheard_of": 1},
    ],
)
async def test_absurd_lines_do_not_get_in(market: Market, change: dict[str, Any]) -> None:
    answer = await market.as_buyer("POST", PATH, {"lines": [{**PHONES, **change}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_what_the_market_gives_no_quote_for_is_refused_by_name(market: Market) -> None:
    watches = {"category": "watch", "model": "Series 8", "quantity": 3}
    answer = await market.as_buyer("POST", PATH, {"lines": [watches, {**PHONES, "needed_by": "2026-11-20"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "quote_lines_refused")
    assert [one["rule"] for one in answer.json()["errors"]] == ["quotes.categories", "needed_by"]
    for more, code in (
        ({"currency": "DKK"}, "currency_not_accepted"),
        ({"delivery_country": "GB"}, "country_not_served"),
    ):
        refused = await market.as_buyer("POST", PATH, {"lines": [PHONES], **more})
        assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_a_market_with_a_business_form_wants_the_need_in_words(market: Market) -> None:
    headers = market.door.tokens.headers("buyer", market.buyer_id, "orders:write", market="be-shop", key=str(new_id()))
    watches = {"category": "watch", "model": "Series 8", "quantity": 3}
    answer = await market.door.client.post(PATH, headers=headers, json={"lines": [watches]})
    assert (answer.status_code, answer.json()["code"]) == (422, "note_needed")
    headers["Idempotency-Key"] = str(new_id())
    answer = await market.door.client.post(
        PATH, headers=headers, json={"lines": [watches], "note": "For a study of 30 people"}
    )
    assert answer.status_code == 201, answer.text


async def test_an_estimate_of_an_award_is_what_its_order_would_be_held_at(market: Market) -> None:
    (seller, offer), id = await market.seller(), (await market.request())["id"]
    await market.bid(seller, id, phones(offer))
    await market.close(id)
    (bid,) = await market.bids_seen(market.as_buyer, id)
    award_id = (await market.award(id, (bid, 5))).json()["award"]["id"]
    asked = {
        "order_id": str(new_id()),
        "market": "fr-pro",
        "price_country": "FR",
        "currency": "EUR",
        "lines": [],
        "buyer_id": str(market.buyer_id),
        "award_id": award_id,
        "delivery_country": "FR",
    }
    headers = {"Regrade-Internal-Token": INTERNAL}
    estimate = (await market.door.client.post("/internal/estimates", json=asked, headers=headers)).json()
    foreign = {**asked, "buyer_id": str(new_id())}
    refused = (await market.door.client.post("/internal/estimates", json=foreign, headers=headers)).json()
    assert (refused["reason"], refused["lines"]) == ("award_unknown", [])
    held = await market.order(award_id)
    assert (estimate["lines"], estimate["shipping"]) == (held.data["lines"], held.data["shipping"])
    assert estimate["reason"] is None
    assert held.data["lines"][0]["unit_price"] == {"amount": 35_000, "currency": "EUR"}


PARTY = {
    "address": {"street": "1 rue du Port", "postal_code": "44000", "city": "Nantes", "country": "FR"},
    "registration_number": "552100554",
    "registration_scheme": "0002",
    "vat_numbers": {"FR": "FR83404833048"},
    "language": "fr",
}


async def printed(market: Market, bid_id: str, status: int = 200) -> list[str]:
    """Run the errand that prints a quote; gives the companies that accounts was asked for."""
    asked = []

    def accounts(request: httpx.Request) -> httpx.Response:
        assert request.headers["Regrade-Internal-Token"] == INTERNAL
        asked.append(request.url.path.rpartition("/")[2])
        name = "Reconduit SAS" if len(asked) == 1 else "Librairie du Lac SARL"
        return httpx.Response(status, json={**PARTY, "legal_name": name})

    timer = DueTimer(new_id(), MAKE_QUOTE_PAPER, Id(bid_id), NOW, {})
    async with httpx.AsyncClient(transport=httpx.MockTransport(accounts)) as http:
        await make_quote_paper(market.door.catalog.executor, http, "http://accounts", INTERNAL)(timer)
    return asked


async def test_a_quote_is_printed_once_it_is_unsealed_and_shown_to_whom_it_concerns(market: Market) -> None:
    (seller, offer), (rival, _) = await market.seller(), await market.seller()
    id = (await market.request())["id"]
    bid = (await market.bid(seller, id, phones(offer), note="Two deliveries are possible"))["id"]
    path = f"{PATH}/{id}/bids/{bid}/quote"
    # Nobody asks for the paper of a sealed bid, and nothing is printed.
    assert (await market.as_buyer("GET", path)).json()["code"] == "bid_not_found"
    assert await printed(market, bid) == []
    await market.close(id)
    (errand,) = await market.door.catalog.rows("select key from timers where kind = 'make_quote_paper'")
    assert str(errand.key) == bid
    assert (await market.as_buyer("GET", path)).json()["code"] == "quote_not_printed_yet"
    with pytest.raises(PartyNotKnown):
        await printed(market, bid, status=503)
    assert await printed(market, bid) == [str(seller.id), str(market.buyer_id)]
    paper = await market.as_buyer("GET", path)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF")
    # A repeat of the errand makes no other one.
    assert await printed(market, bid) == []
    assert (await market.as_seller(seller, "GET", path)).content == paper.content
    assert (await market.as_seller(rival, "GET", path)).status_code == 404
    headers = {"Regrade-Internal-Token": INTERNAL}
    internal = f"/internal/quote-requests/{id}/quotes"
    assert (await market.door.client.get(internal, headers=headers)).json() == [bid]
    assert (await market.door.client.get(f"{internal}/{bid}", headers=headers)).content == paper.content
    assert (await market.door.client.get(internal)).status_code == 404


async def test_lists_go_on_where_the_cursor_left_off(market: Market) -> None:
    ids = [(await market.request())["id"] for _ in range(3)]
    page = (await market.as_buyer("GET", f"{PATH}?limit=2")).json()
    rest = (await market.as_buyer("GET", f"{PATH}?limit=2&cursor={page['next_cursor']}")).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None
    assert (await market.as_buyer("GET", f"{PATH}?state=expired")).json()["items"] == []
    assert NOW.isoformat()[:10] == page["items"][0]["asked_at"][:10]
