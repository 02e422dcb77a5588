"""A phone dies: by API the buyer sends it back, the seller cannot repair it, and the money comes back, whoever has it now."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest

from regrade import demo
from regrade.platform import Refused, wait_for
from regrade.story import CompanyCard, Member
from tests.journeys.test_audit import audit, not_ok
from tests.journeys.world import World

pytestmark = pytest.mark.journey

PRICE = 20000
VAT = PRICE * 20 // 100
COMMISSION = PRICE * 10 // 100
COMMISSION_VAT = COMMISSION * 20 // 100
# What one phone leaves its seller, and what its buyer gets back for it.
SHARE = PRICE + VAT - COMMISSION - COMMISSION_VAT
BACK = PRICE + VAT
# As `weekday` counts.
THURSDAY = 3


@dataclass
class Shop:
    """A seller of its own with one kind of phone, so that nobody else's sale pays for its refunds."""

    world: World
    seller: Member
    offer: dict[str, Any]

    def sell(self, reference: str, quantity: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
        """Ordered, paid, shipped, delivered: the order and its parcel."""
        story, buyer = self.world.story, self.world.buyer
        order = story.place_order(buyer, [(self.offer, quantity)], demo.BUYER.deliver_to(), reference)
        order, _ = story.purchase_order(buyer, order["id"])
        story.wire(buyer, order)
        story.order_in(buyer, order["id"], "SECURED", "IN_FULFILMENT")
        shipment = story.ship(self.seller, order["id"])
        story.invoices(buyer, order["id"], 1)
        story.deliver(shipment)
        story.order_in(buyer, order["id"], "DELIVERED", "COMPLETED")
        return order, shipment

    def balance(self) -> dict[str, int]:
        (one,) = self.seller.caller.get("/v1/seller/balance")["balances"]
        return {name: one[name]["amount"] for name in ("pending", "available", "in_payout")}


@pytest.fixture(scope="module")
def shop(world: World) -> Shop:
    card = CompanyCard("Second Souffle SAS", "bonjour@second-souffle.example", "Rennes", "35000", "3 rue de Brest")
    return shop_of(world, card)


def shop_of(world: World, card: CompanyCard) -> Shop:
    seller = world.story.seller(card, ["normal"])
    line = {
        "sku": "F4-GREY",
        "product": {
            "brand": "Fairphone",
            "model": "Fairphone 4",
            "category": "smartphone",
            "storage": "128 GB",
            "ram": "6 GB",
            "color": "Grey",
        },
        "grade": "good",
        "price": {"amount": PRICE, "currency": "EUR"},
        "quantity": 20,
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 12,
        "battery_health_percent": 90,
        "dispatch_business_days": 1,
        "shipping_fee": {"amount": 0, "currency": "EUR"},
        "as_of": (world.story.now() - timedelta(minutes=1)).isoformat(),
        "markets": ["fr-pro"],
    }
    (result,) = world.story.push(seller, [line])
    assert result["status"] != "rejected", result
    offers = world.buyer.caller.each("/v1/offers", in_stock=True)
    return Shop(world, seller, next(one for one in offers if one["seller_id"] == seller.company_id))


def device_of(world: World, order: dict[str, Any], n: int = 0) -> str:
    def known() -> str | None:
        found = world.buyer.caller.each("/v1/coverages", order_id=order["id"])
        return next((str(coverage["lines"][0]["units"][n]) for coverage in found), None)

    return wait_for(known, f"the coverage of order {order['number']}")


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    return re.sub(r"\s+", " ", " ".join(pages))


def credit_note_of(world: World, case: dict[str, Any]) -> dict[str, Any]:
    found = (one for one in world.buyer.caller.each("/v1/invoices", order_id=case["order_id"]))
    return next(one for one in found if one["case_id"] == case["id"])


def test_a_phone_that_dies_after_forty_days_is_refunded_by_the_sellers_next_sale(world: World, shop: Shop) -> None:
    story, buyer, seller = world.story, world.buyer, shop.seller
    order, _ = shop.sell("dies")
    story.live(16)
    (payout,) = story.payouts(seller)
    assert payout["amount"]["amount"] == SHARE
    # On a Thursday, whenever this is played: four days later the sale that pays is two business days old, and its claim
    # window of three is still open.
    story.live(24 + (THURSDAY - (story.now() + timedelta(days=24)).weekday()) % 7)

    imei = device_of(world, order)
    case = story.open_case(buyer, order["id"], imei)
    assert case["state"] == "authorised"
    assert case["checklist"] == [
        "serial_number",
        "data_backup",
        "account_logout",
        "invoice_in_parcel",
        "proper_packing",
    ]
    mail = world.platform.mail_to(buyer.email, case["rma"])
    assert "iCloud" in mail["text"]
    with pytest.raises(Refused) as refusal:
        buyer.caller.post("/v1/cases", {"order_id": order["id"], "unit": imei, "defect": "screen"})
    assert refusal.value.code == "case_already_open"

    assert [one["id"] for one in seller.caller.each("/v1/cases", open="true")] == [case["id"]]
    later, _ = shop.sell("pays for it")
    # So that the later sale is released before the platform would advance the refund.
    story.live(4)
    assert story.cannot_repair(seller, case, "no_part")["state"] == "refunding"
    refund = story.refund_of(buyer, case, "created")
    assert (refund["amount"]["amount"], refund["cause"]) == (BACK, "no_part")

    # The seller's balance is empty: the buyer's money waits for the next sale, and no payout leaves before it.
    assert refund["waits_for_funds"] is True
    story.live(9)
    story.order_in(buyer, later["id"], "COMPLETED")
    assert story.case_in(buyer, case, "refunded")["refund_reason"] == "no_part"
    assert story.refund_of(buyer, case, "settled")["waits_for_funds"] is False

    note = credit_note_of(world, case)
    (invoice,) = [one for one in buyer.caller.each("/v1/invoices", order_id=order["id"]) if one["kind"] == "380"]
    assert (note["kind"], note["credits_id"], note["state"]) == ("381", invoice["id"], "issued")
    prefix, year = invoice["series"].removesuffix(invoice["issued_on"][:4]), note["issued_on"][:4]
    assert (note["gross"], note["number"]) == (invoice["gross"], f"{prefix}{year}-A00001")
    pdf = buyer.caller.content(f"/v1/invoices/{note['id']}/pdf")
    assert hashlib.sha256(pdf).hexdigest() == note["sha256"]
    face = text_of(pdf)
    for word in (note["number"], invoice["number"], imei, seller.company, buyer.company):
        assert word in face
    mail = world.platform.mail_to(buyer.email, note["number"])
    assert [one["content_type"] for one in mail["attachments"]] == ["application/pdf"]
    assert world.platform.mail_to(seller.email, note["number"])
    # Two phones sold, one of them paid out before and then taken back: nothing of the second one is left.
    assert shop.balance() == {"pending": 0, "available": 0, "in_payout": 0}
    with pytest.raises(Refused) as refusal:
        buyer.caller.post("/v1/cases", {"order_id": order["id"], "unit": imei, "defect": "screen"})
    assert refusal.value.code == "unit_refunded"


def test_if_no_sale_comes_in_time_the_platform_advances_the_refund_and_the_next_sale_pays_it_back(world: World) -> None:
    story, buyer = world.story, world.buyer
    # Commission of its own for the platform: without it there is nothing to advance.
    busy = shop_of(
        world, CompanyCard("Tour Complet SAS", "bonjour@tour-complet.example", "Tours", "37000", "4 rue du Rail")
    )
    busy.sell("commission", 12)
    quiet = shop_of(world, CompanyCard("Petit Lot SAS", "bonjour@petit-lot.example", "Lorient", "56100", "5 quai Sud"))
    order, _ = quiet.sell("dies too")
    story.live(16)
    story.payouts(busy.seller)
    story.payouts(quiet.seller)

    case = story.open_case(buyer, order["id"], device_of(world, order))
    story.cannot_repair(quiet.seller, case, "no_part")
    assert story.refund_of(buyer, case, "created")["waits_for_funds"] is True
    # Sold now, its money is free at about the instant the refund may wait no longer: whoever comes first, all is paid once.
    quiet.sell("pays it back")
    story.live(9)
    story.case_in(buyer, case, "refunded")
    assert story.refund_of(buyer, case, "settled")["amount"]["amount"] == BACK
    assert quiet.balance() == {"pending": 0, "available": 0, "in_payout": 0}

    order, _ = quiet.sell("dies as well")
    story.live(16)
    case = story.open_case(buyer, order["id"], device_of(world, order))
    story.cannot_repair(quiet.seller, case, "no_part")
    story.live(9)
    assert story.refund_of(buyer, case, "settled")["waits_for_funds"] is False
    quiet.sell("pays the platform")
    story.live(16)
    # One payout for each phone that lived, none for those that died after it; the platform has its money back.
    assert quiet.balance() == {"pending": 0, "available": 0, "in_payout": 0}


def test_a_phone_that_comes_back_at_once_is_paid_by_its_own_pending_money(world: World, shop: Shop) -> None:
    story, buyer, seller = world.story, world.buyer, shop.seller
    before = len(story.payouts(seller, 1))
    order, _ = shop.sell("two, one dead", 2)
    case = story.open_case(buyer, order["id"], device_of(world, order, 1), "screen")
    story.on_case(buyer, case, "dispatch", tracking_number="RET1")
    # While the case is open the claim window stays open, and the rest of the money pending.
    story.live(5)
    assert shop.balance() == {"pending": 2 * SHARE, "available": 0, "in_payout": 0}
    story.on_case(seller, case, "receipt")
    # The seller lets its five business days pass, holidays or not: the refund starts by itself.
    story.live(14)
    story.case_in(buyer, case, "refunded")
    assert story.refund_of(buyer, case, "settled")["cause"] == "too_late"
    story.order_in(buyer, order["id"], "COMPLETED")
    story.live(14)
    amounts = [one["amount"]["amount"] for one in story.payouts(seller, before + 1)]
    assert SHARE in amounts
    (settlement,) = [one for one in seller.caller.each("/v1/seller/settlements") if one["order_id"] == order["id"]]
    assert (settlement["credited"]["amount"], settlement["amount"]["amount"]) == (BACK, SHARE)


def test_a_repaired_phone_goes_back_and_nobody_pays(world: World, shop: Shop) -> None:
    story, buyer, seller = world.story, world.buyer, shop.seller
    order, _ = shop.sell("repaired")
    case = story.open_case(buyer, order["id"], device_of(world, order), "battery")
    story.on_case(seller, case, "receipt")
    story.on_case(seller, case, "inspection", finding="defect_confirmed")
    story.on_case(seller, case, "remedy", remedy="repair")
    assert story.on_case(seller, case, "resolution", tracking_number="BACK1")["state"] == "resolved"
    story.live(9)
    story.order_in(buyer, order["id"], "COMPLETED")
    assert list(buyer.caller.each("/v1/refunds", order_id=order["id"])) == []


def test_the_books_are_clean_after_all_of_it(world: World) -> None:
    _, report = audit(world)
    assert not_ok(report) == []
