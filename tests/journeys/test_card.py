"""Paying by card, as people and programs do it: the link of the purchase order, the provider's page, and every way it ends."""

import re
from datetime import datetime
from typing import Any

import httpx
import pypdfium2
import pytest

from regrade import demo, story
from regrade.companies import TRADES
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.test_hold import an_offer
from tests.journeys.world import World

pytestmark = pytest.mark.journey

HOUR = 3600


def an_order(world: World, reference: str, quantity: int = 1, seller: int = 0) -> dict[str, Any]:
    """An order whose purchase order is made."""
    offer = an_offer(world, seller)
    order = world.story.place_order(world.buyer, [(offer, quantity)], demo.BUYER.deliver_to(), reference)
    order, _ = world.story.purchase_order(world.buyer, order["id"])
    return order


def link_of(page: str, id: str) -> str:
    """Where the link with this id leads."""
    found = re.search(rf'<a id="{id}"[^>]*href="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def in_vain(world: World, seller: Member, order: dict[str, Any], carrier: str) -> None:
    """Announce a parcel whose charge fails: the answer says so, unless it came first; then the parcel is withdrawn."""
    try:
        parcel = world.story.ship(seller, order["id"], carrier)
    except Refused as refusal:
        if refusal.code != "card_capture_failed":
            raise
        return

    def withdrawn() -> bool | None:
        part = seller.caller.get(f"/v1/seller/orders/{parcel['seller_order_id']}")
        return any((one["id"], one["state"]) == (parcel["id"], "withdrawn") for one in part["shipments"]) or None

    wait_for(withdrawn, "the parcel to be withdrawn")


def settle_cards(world: World) -> None:
    """Longer than any run of days on which the banks are closed."""
    world.story.live(6)


def test_the_link_of_the_purchase_order_leads_to_a_paid_invoiced_and_completed_order(world: World) -> None:
    order = an_order(world, "by card")
    link = order["payment"]["card_payment_link"]
    _, pdf = world.story.purchase_order(world.buyer, order["id"])
    document = pypdfium2.PdfDocument(pdf)
    printed = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    assert link in re.sub(r"\s", "", printed)
    assert link in world.platform.mail_to(world.buyer.email, str(order["number"]))["text"]

    with httpx.Client(timeout=30, follow_redirects=True) as browser:
        page = browser.get(link)
        assert demo.BUYER.name in page.text
        assert str(order["number"]) in page.text
        attempts = f"/v1/payments/{order['payment']['payment_id']}/card_payments"
        assert world.buyer.caller.get(attempts) == [], "looking at the page starts nothing"
        on_the_way = browser.post(link)
        hosted = link_of(on_the_way.text, "provider")
        back = world.story.enter_card(hosted)
        assert back == f"{link}/result"
        world.story.order_in(world.buyer, order["id"], "SECURED", "IN_FULFILMENT")
        assert browser.get(back).status_code == 200
        again = browser.post(link)
        assert "<form" not in again.text, "nothing is to be paid any more"

    (attempt,) = world.buyer.caller.get(attempts)
    assert attempt["state"] == "captured"
    payment = world.buyer.caller.get(f"/v1/payments/{order['payment']['payment_id']}")
    assert (payment["method"], payment["capture"], payment["missing"]["amount"]) == ("card", "done", 0)
    shipment = world.story.ship(world.sellers[0], order["id"])
    (invoice,) = world.story.invoices(world.buyer, order["id"], 1)
    xml = world.buyer.caller.content(f"/v1/invoices/{invoice['id']}/xml").decode()
    assert re.search(r"<ram:TypeCode>48</ram:TypeCode>", xml), "BT-81 says that it was paid by card"
    world.story.deliver(shipment)
    world.story.order_in(world.buyer, order["id"], "DELIVERED")
    paid_before = len(list(world.sellers[0].caller.each("/v1/payouts")))
    world.story.live(16)
    world.story.order_in(world.buyer, order["id"], "COMPLETED")
    world.story.payouts(world.sellers[0], paid_before + 1)


def test_a_declined_card_says_why_and_another_card_pays(world: World) -> None:
    order = an_order(world, "declined")
    failed = world.story.pay_by_card(world.buyer, order, story.DECLINED_CARD)
    assert (failed["state"], failed["failure_reason"]) == ("failed", "declined")
    with httpx.Client(timeout=30) as browser:
        assert 'role="alert"' in browser.get(f"{order['payment']['card_payment_link']}/result").text
    assert world.story.pay_by_card(world.buyer, order)["state"] == "captured"
    world.story.order_in(world.buyer, order["id"], "SECURED", "IN_FULFILMENT")


def test_a_program_starts_once_per_key_and_goes_on_with_what_waits(world: World) -> None:
    order = an_order(world, "by program")
    path = f"/v1/payments/{order['payment']['payment_id']}/card_payments"
    first = world.buyer.caller.post(path, key="pay-once")
    assert world.buyer.caller.post(path, key="pay-once")["id"] == first["id"]
    assert world.buyer.caller.post(path)["id"] == first["id"]
    with pytest.raises(Refused, match=r"payment_not_found|scope_missing"):
        world.sellers[0].caller.post(path)
    world.story.enter_card(first["hosted_page"])
    world.story.order_in(world.buyer, order["id"], "SECURED", "IN_FULFILMENT")
    with pytest.raises(Refused, match="payment_not_open"):
        world.buyer.caller.post(path)


def test_who_never_answers_the_challenge_runs_out_of_time(world: World) -> None:
    order = an_order(world, "abandoned")
    started = world.story.start_card_payment(world.buyer, order)
    with httpx.Client(timeout=30) as browser:
        browser.post(started["hosted_page"], data={"number": story.ABANDONED_CARD})
    world.platform.advance_clock(world.story.operator, seconds=HOUR)
    ended = world.story.card_payment_decided(world.buyer, started)
    assert (ended["state"], ended["failure_reason"]) == ("failed", "timed_out")
    assert world.story.pay_by_card(world.buyer, order)["state"] == "captured"


def test_a_cancelled_order_ends_the_page_that_waits(world: World) -> None:
    order = an_order(world, "cancelled while paying")
    started = world.story.start_card_payment(world.buyer, order)
    world.buyer.caller.post(f"/v1/orders/{order['id']}/cancellation")
    ended = world.story.card_payment_decided(world.buyer, started)
    assert (ended["state"], ended["failure_reason"]) == ("failed", "cancelled")


def test_an_order_that_expires_while_the_page_waits_is_not_paid(world: World) -> None:
    order = an_order(world, "expires while paying")
    left = datetime.fromisoformat(order["hold_until"]) - world.story.now()
    world.platform.advance_clock(world.story.operator, seconds=int(left.total_seconds()) - 600)
    started = world.story.start_card_payment(world.buyer, order)
    world.platform.advance_clock(world.story.operator, seconds=HOUR)
    world.story.order_in(world.buyer, order["id"], "AUTO_CANCELLED")
    assert world.story.card_payment_decided(world.buyer, started)["state"] == "failed"


def test_a_link_that_leads_nowhere_says_so(world: World) -> None:
    with httpx.Client(timeout=30) as browser:
        for path in ("", "/card", "/result"):
            assert browser.get(f"{world.platform.gateway}/pay/{'x' * 32}{path}").status_code == 404


def test_a_reserved_card_is_charged_when_the_goods_leave_and_nothing_ships_unpaid(world: World) -> None:
    trade = TRADES["dk-shop"]
    buyer = world.story.buyer(trade.buyer, trade.market)
    seller = world.story.seller(trade.seller, ["normal"], market=trade.market)
    pushed = world.story.push(seller, [trade.line("DK-CARD", 45_000, 10)])
    assert [one["status"] for one in pushed] != ["rejected"]

    def on_sale() -> dict[str, Any] | None:
        found = buyer.caller.each("/v1/offers", in_stock=True)
        return next((one for one in found if one["seller_id"] == seller.company_id), None)

    offer = wait_for(on_sale, "the offer to be found")
    placed = world.story.place_order(buyer, [(offer, 1)], trade.buyer.deliver_to(), "reserved")
    order, _ = world.story.purchase_order(buyer, placed["id"])
    assert world.story.pay_by_card(buyer, order)["state"] == "authorised"
    world.story.order_in(buyer, order["id"], "SECURED", "IN_FULFILMENT")

    httpx.put(f"{world.stack.url('sandbox')}/faults/psp.captures", json={"mode": "decline_capture"}).raise_for_status()
    in_vain(world, seller, order, trade.carrier)
    told = world.platform.mail_to(buyer.email, f"{order['number']}: dit kort")
    assert order["payment"]["card_payment_link"] in told["text"]
    world.story.ship(seller, order["id"], trade.carrier)
    world.story.order_in(buyer, order["id"], "SHIPPED")
    world.story.invoices(buyer, order["id"], 1)
    (attempt,) = buyer.caller.get(f"/v1/payments/{order['payment']['payment_id']}/card_payments")
    assert (attempt["state"], attempt["captured"]) == ("captured", attempt["amount"])
