"""One purchase in each market: order, payment, shipment, and the return of a broken unit. Rules differ, code does not."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade.companies import TRADES, LocalTrade
from regrade.platform import Caller, Platform, Refused, wait_for
from regrade.story import Member, Story
from tests.journeys.conftest import NO_LIMITS
from tests.journeys.world import auditor_of

pytestmark = pytest.mark.journey

PRICE = 45_000
UNITS = 2


@dataclass(frozen=True)
class Expected:
    """What the rules of a market make of two phones at 450.00, worked out by hand; amounts in minor units of one unit.

    `net` and `vat` are of one unit; `commission` is what the platform keeps of one, its VAT included. `hold_days` are the
    business days of `calendar` to pay in, `more_days` the calendar days that follow them.
    """

    pays: str
    net: int
    vat: int
    vat_category: str
    commission: int
    calendar: Any
    zone: str
    withdrawal_days: int | None
    warranty_months: int
    more_days: int = 0
    hold_days: int = 5
    accepts: bool = False
    refused_carrier: str | None = None
    # Of the grade that is sold here; None where batteries are not tested.
    battery_floor: int | None = 85

    @property
    def gross(self) -> int:
        return self.net + self.vat


MARKETS = {
    # Net prices, 20 % (V4); commission 10 % and French VAT on it.
    "fr-pro": Expected("card", 45_000, 9_000, "S", 5_400, holidays.FR, "Europe/Paris", None, 24),
    # Net prices, 21 % (V4); the commission is a service to another member state (AE): no VAT on it.
    "be-shop": Expected("bank_transfer", 45_000, 9_450, "S", 4_500, holidays.BE, "Europe/Brussels", 14, 12),
    # Gross prices include 25 %; phones to a Danish business are under domestic reverse charge (V3) as long as article 199a
    # allows it; commission 8 %.
    "dk-shop": Expected(
        "card_at_dispatch",
        36_000,
        0,
        "AE",
        2_880,
        holidays.DK,
        "Europe/Copenhagen",
        14,
        24,
        refused_carrier="UPS",
    ),
    # Gross prices include 20 % (V8); the contract ends a week after the last reminder (C4).
    "uk-shop": Expected(
        "bank_transfer",
        37_500,
        7_500,
        "S",
        3_750,
        lambda **given: holidays.GB(subdiv="NIR", **given),
        "Europe/London",
        None,
        12,
        more_days=7,
        accepts=True,
        battery_floor=None,
    ),
    # Net prices, 21 %: two phones are far below the threshold of domestic reverse charge.
    "nl-market": Expected("card", 45_000, 9_450, "S", 4_500, holidays.NL, "Europe/Amsterdam", None, 12),
}

REVERSE_CHARGE_ENDS = date(2026, 12, 31)


def expected_in(market: str, today: date) -> Expected:
    """What is to be expected today."""
    expected = MARKETS[market]
    if expected.vat_category == "AE" and today > REVERSE_CHARGE_ENDS:
        return replace(expected, vat_category="S", vat=expected.net // 4)
    return expected


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A platform of its own: months pass on it."""
    found = Stack(tmp_path_factory.mktemp("markets") / "state", free_port_base(), durable=False, extra=NO_LIMITS)
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


# Who joins: many sellers or one, how support is reached, how many years personal data stays after the last purchase.
JOINING: dict[str, tuple[str, list[str], int | None]] = {
    "fr-pro": ("marketplace", ["account", "email", "phone"], None),
    "be-shop": ("single_seller", ["email", "phone", "whatsapp"], None),
    "dk-shop": ("single_seller", ["email", "phone"], 5),
    "uk-shop": ("single_seller", ["phone", "email"], None),
    "nl-market": ("marketplace", ["account"], None),
}


@pytest.mark.policy("A1", "*")
@pytest.mark.policy("A3", "*")
# The Danish shop would sell to a guest; on the platform nobody is one.
@pytest.mark.policy("A4", "fr-pro", "be-shop", "uk-shop", "nl-market")
@pytest.mark.policy("A5", "*")
@pytest.mark.policy("A6", "*")
@pytest.mark.parametrize("market", MARKETS)
def test_who_may_join_and_what_support_is_for(story: Story, market: str) -> None:
    trade, anybody = TRADES[market], story.platform.anybody
    facts = next(one for one in anybody.get("/v1/markets")["items"] if one["market"] == market)
    model, channels, years = JOINING[market]
    told = (facts["model"], facts["support"]["channels"], facts["personal_data_kept_years"])
    assert told == (model, channels, years)
    guests(story, trade)
    admitted(story, trade, single=model == "single_seller")
    supported(story, trade)


def guests(story: Story, trade: LocalTrade) -> None:
    """Who is in no register does not get in, and who is not in does not order or claim."""
    application = trade.buyer.buyer_application(trade.market)
    consumer = {name: value for name, value in application.items() if name != "registration_number"}
    for body, code in (
        (consumer, "validation_failed"),
        ({**application, "registration_number": "1"}, "registration_number_invalid"),
    ):
        assert refusal(story.platform.anybody, "/v1/companies", body) == (422, code)
    for path in ("/v1/orders", "/v1/cases"):
        assert refusal(story.platform.anybody, path, {}) == (401, "not_signed_in")


def admitted(story: Story, trade: LocalTrade, *, single: bool) -> None:
    """A marketplace takes a second seller, a shop has its one."""
    story.seller(trade.seller, ["normal"], market=trade.market)
    rival = replace(trade.seller, name=f"Rival of {trade.market} SAS", email=f"rival@{trade.market}.example")
    if not single:
        story.seller(rival, ["normal"], market=trade.market)
        return
    with pytest.raises(Refused) as refused:
        story.seller(rival, ["normal"], market=trade.market)
    assert (refused.value.status, refused.value.code) == (409, "market_has_its_seller")


def supported(story: Story, trade: LocalTrade) -> None:
    """What a market leaves to support a company cannot change itself; it asks, and the operator grants it."""
    story.buyer(trade.buyer, trade.market)
    owner = story.platform.signed_in(trade.buyer.email, story.password_of(trade.buyer.email))
    before = owner.get("/v1/company")
    moved = {"address": {**before["address"], "street": "1 Moved Street"}}
    with pytest.raises(Refused) as refused:
        owner.patch("/v1/company", moved, if_match=f'"v{before["version"]}"')
    assert (refused.value.status, refused.value.code) == (403, "support_only")
    request = owner.post("/v1/company/change-requests", {"change": moved, "note": "We have moved."})
    story.operator.post(f"/v1/operator/change-requests/{request['id']}/approval")
    assert owner.get("/v1/company")["address"] == moved["address"]


def refusal(caller: Caller, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """What is answered to a write that must not be accepted."""
    with pytest.raises(Refused) as refused:
        caller.post(path, body)
    return refused.value.status, refused.value.code


@pytest.mark.policy("B1", "*")
@pytest.mark.policy("B2", "fr-pro", "be-shop", "dk-shop", "nl-market")
@pytest.mark.policy("B5", "*")
@pytest.mark.policy("B8", "*")
@pytest.mark.policy("C1", "*")
@pytest.mark.policy("C3", "*")
@pytest.mark.policy("C4", "uk-shop")
@pytest.mark.policy("D4", "fr-pro", "dk-shop", "nl-market")
@pytest.mark.policy("E2", "*")
@pytest.mark.policy("E3", "*")
@pytest.mark.policy("E4", "*")
@pytest.mark.policy("F4", "dk-shop")
@pytest.mark.policy("H1", "*")
@pytest.mark.policy("I1", "*")
@pytest.mark.policy("J2", "*")
@pytest.mark.policy("J3", "*")
@pytest.mark.policy("L3", "*")
@pytest.mark.policy("L4", "*")
@pytest.mark.policy("P5", "*")
@pytest.mark.parametrize("market", MARKETS)
def test_a_purchase_and_the_return_of_a_broken_unit(stack: Stack, story: Story, market: str) -> None:
    trade, expected = TRADES[market], expected_in(market, story.now().date())
    buyer, seller = story.buyer(trade.buyer, market), story.seller(trade.seller, ["normal"], market=market)
    offer = offered(story, trade, buyer, seller)
    order = ordered(story, trade, expected, buyer, offer)
    paid(story, expected, buyer, order)
    shipment = shipped(story, trade, expected, seller, order["id"])
    invoice = invoiced(story, expected, buyer, order["id"])
    story.deliver(shipment)
    story.order_in(buyer, order["id"], "delivered")
    covered(story, expected, buyer, order["id"])
    refunded(story, expected, buyer, seller, invoice, shipment)
    story.live(30)
    story.order_in(buyer, order["id"], "completed")
    earned = (UNITS - 1) * (expected.gross - expected.commission)
    assert [one["amount"]["amount"] for one in story.payouts(seller)] == [earned]
    books(stack, story, order["id"], seller)


def offered(story: Story, trade: LocalTrade, buyer: Member, seller: Member) -> dict[str, Any]:
    """Stock is pushed; a line that breaks a rule of the market is refused by the rule's name, the others are taken."""
    good = trade.line(f"{trade.market}-1", PRICE, 20)
    foreign = {**trade.line(f"{trade.market}-2", PRICE, 20), "grade": "like_the_moon"}
    short = {**trade.line(f"{trade.market}-3", PRICE, 20), "warranty_months": 11}
    results = story.push(seller, [good, foreign, short])
    assert [one["status"] for one in results] == ["created", "rejected", "rejected"]
    broken = [fault["rule"] for one in results[1:] for fault in one["problem"]["errors"]]
    assert broken == ["grades.scale", "warranty.months"]

    def found() -> dict[str, Any] | None:
        mine = (one for one in buyer.caller.each("/v1/offers") if one["seller_id"] == seller.company_id)
        return next(mine, None)

    return wait_for(found, "the offer")


def ordered(
    story: Story, trade: LocalTrade, expected: Expected, buyer: Member, offer: dict[str, Any]
) -> dict[str, Any]:
    """The order holds stock until the last second of the market's own business day, and its paper says how to pay."""
    placed = story.place_order(buyer, [(offer, UNITS)], trade.buyer.deliver_to(), f"{trade.market}-1")
    order, pdf = story.purchase_order(buyer, placed["id"])
    assert pdf.startswith(b"%PDF")
    totals = {name: order["totals"][name]["amount"] for name in ("net", "vat", "gross")}
    assert totals == {"net": UNITS * expected.net, "vat": UNITS * expected.vat, "gross": UNITS * expected.gross}
    assert order["totals"]["gross"]["currency"] == trade.currency
    assert order["seller_orders"][0]["lines"][0]["vat"]["category"] == expected.vat_category
    zone = ZoneInfo(expected.zone)
    ordered_on = datetime.fromisoformat(order["placed_at"]).astimezone(zone).date()
    until = datetime.fromisoformat(order["hold_until"]).astimezone(zone)
    last = nth_business_day(expected, ordered_on, expected.hold_days) + timedelta(days=expected.more_days)
    assert (until.date(), until.strftime("%H:%M:%S")) == (last, "23:59:59")
    return order


def paid(story: Story, expected: Expected, buyer: Member, order: dict[str, Any]) -> None:
    """By card or by transfer; a card that is charged when the goods leave secures the order all the same."""
    if expected.pays == "bank_transfer":
        story.wire(buyer, order)
    else:
        attempt = story.pay_by_card(buyer, order)
        assert attempt["state"] == ("authorised" if expected.pays == "card_at_dispatch" else "captured")
    story.order_in(buyer, order["id"], "secured", "in_fulfilment")


def shipped(story: Story, trade: LocalTrade, expected: Expected, seller: Member, order_id: str) -> dict[str, Any]:
    """Where the seller may look first it accepts; a carrier that the market does not use is refused."""
    if expected.accepts:
        story.accept(seller, order_id)
    if expected.refused_carrier:
        with pytest.raises(Refused) as refusal:
            story.ship(seller, order_id, expected.refused_carrier)
        assert refusal.value.code == "carrier_not_accepted"
    return story.ship(seller, order_id, trade.carrier)


def invoiced(story: Story, expected: Expected, buyer: Member, order_id: str) -> dict[str, Any]:
    (invoice,) = story.invoices(buyer, order_id, 1)
    amounts = [invoice[name]["amount"] for name in ("net", "vat", "gross")]
    assert amounts == [UNITS * expected.net, UNITS * expected.vat, UNITS * expected.gross]
    return invoice


def covered(story: Story, expected: Expected, buyer: Member, order_id: str) -> None:
    """What the buyer may claim, and until when: claim window, withdrawal where businesses may, warranty."""

    def known() -> dict[str, Any] | None:
        found = buyer.caller.get("/v1/coverages", order_id=order_id)["items"]
        return next((one for one in found if all(line["warranty_until"] for line in one["lines"])), None)

    coverage = wait_for(known, "the coverage")
    zone = ZoneInfo(expected.zone)

    def day(name: str) -> date:
        return datetime.fromisoformat(coverage[name]).astimezone(zone).date()

    delivered = day("delivered_at")
    assert day("claim_until") == nth_business_day(expected, delivered, 3)
    if expected.withdrawal_days is None:
        assert coverage["withdraw_until"] is None
    else:
        assert day("withdraw_until") == delivered + timedelta(days=expected.withdrawal_days)
    years, month = divmod(delivered.month - 1 + expected.warranty_months, 12)
    year, month = delivered.year + years, month + 1
    ends = date(year, month, min(delivered.day, monthrange(year, month)[1]))
    (line,) = coverage["lines"]
    assert datetime.fromisoformat(line["warranty_until"]).astimezone(zone).date() == ends


def refunded(
    story: Story, expected: Expected, buyer: Member, seller: Member, invoice: dict[str, Any], shipment: dict[str, Any]
) -> None:
    """One unit breaks, its seller can do nothing: credit note, and the money goes back the way it came."""
    unit = shipment["lines"][0]["units"][0]["imei"]
    opened = {"order_id": invoice["order_id"], "unit": unit, "defect": "battery"}
    case = buyer.caller.post("/v1/cases", opened)
    assert case["state"] == "authorised"
    path = f"/v1/cases/{case['id']}"
    seller.caller.post(f"{path}/receipt")
    if expected.battery_floor is not None:
        for measured, code in ((None, "battery_not_measured"), (expected.battery_floor - 1, "battery_below_floor")):
            body = {"finding": "no_fault_found", "battery_health_percent": measured}
            with pytest.raises(Refused) as refused:
                seller.caller.post(f"{path}/inspection", body)
            assert (refused.value.status, refused.value.code) == (422, code)
    with pytest.raises(Refused) as unknown:
        seller.caller.post(f"{path}/inspection", {"finding": "excluded", "exclusion": "bad_luck"})
    assert "water" in unknown.value.problem["known"]
    seller.caller.post(f"{path}/inspection", {"finding": "defect_confirmed"})
    seller.caller.post(f"{path}/impossibility", {"reason": "cannot_repair"})

    def credited() -> dict[str, Any] | None:
        found = buyer.caller.each("/v1/invoices", order_id=invoice["order_id"])
        return next((one for one in found if one["kind"] == "381" and one["state"] == "issued"), None)

    note = wait_for(credited, "the credit note")
    assert note["credits_id"] == invoice["id"]
    assert [note[name]["amount"] for name in ("net", "vat", "gross")] == [expected.net, expected.vat, expected.gross]
    mail = story.platform.mail_to(buyer.email, note["number"])
    assert [one["content_type"] for one in mail["attachments"]] == ["application/pdf"]

    def settled() -> dict[str, Any] | None:
        found = buyer.caller.each("/v1/refunds", order_id=invoice["order_id"])
        return next((one for one in found if one["state"] == "settled"), None)

    refund = wait_for(settled, "the refund")
    assert refund["amount"] == note["gross"]
    assert refund["source_kind"] == ("bank_credit" if expected.pays == "bank_transfer" else "card_capture")
    assert datetime.fromisoformat(refund["finished_at"]) <= datetime.fromisoformat(refund["due_at"])
    wait_for(lambda: buyer.caller.get(path)["state"] == "refunded" or None, "the case to end")


def books(stack: Stack, story: Story, order_id: str, seller: Member) -> None:
    """Nothing is left of the order anywhere, and nobody owes anybody."""
    auditor = auditor_of(stack, story.platform)
    accounts = {one["name"]: one["balance"]["amount"] for one in auditor.each("/v1/ledger/accounts")}
    assert accounts[f"buyer.escrow:{order_id}"] == 0
    assert accounts[f"seller.available:{seller.company_id}"] == 0
    owed = [balance for name, balance in accounts.items() if name.startswith(("refund.payable:", "mkt.receivable:"))]
    assert owed
    assert set(owed) == {0}


def nth_business_day(expected: Expected, start: date, n: int) -> date:
    found: date = calendar_of(expected.calendar).get_nth_working_day(start, n)
    return found


@cache
def calendar_of(country: Any) -> Any:
    return country(years=range(2026, 2029))
