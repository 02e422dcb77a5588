"""The purchase of the demo, looked at from every side once it is over."""

import hashlib
import re
from datetime import datetime
from typing import Any

import pypdfium2
import pytest

from tests.journeys.world import World

pytestmark = pytest.mark.journey


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    return re.sub(r"\s+", " ", " ".join(pages))


def the_order(world: World) -> dict[str, Any]:
    (listed,) = [one for one in world.buyer.caller.each("/v1/orders") if one["buyer_reference"] == "CMD-0001"]
    order: dict[str, Any] = world.buyer.caller.get(f"/v1/orders/{listed['id']}")
    return order


def test_the_demo_told_every_step_of_the_story(world: World) -> None:
    assert world.played[0] == "a buyer signs up"
    assert world.played[-1] == "the sellers are paid out"


def test_the_contract_file_lets_outside_tools_in(world: World) -> None:
    contract = world.contract
    assert set(contract) == {"gateway", "kafka", "sandbox", "dashboard", "operator", "buyers", "sellers", "auditor"}
    for member in (*contract["buyers"], *contract["sellers"], contract["operator"]):
        world.platform.signed_in(member["email"], member["password"])
        assert world.platform.with_key(member["api_key"]).get("/v1/me")
    assert [seller["backmarket_token"] for seller in contract["sellers"]] == [None, None]
    assert contract["buyers"][0]["market"] == "fr-pro"


def test_the_order_went_through_every_state(world: World) -> None:
    order = the_order(world)
    moves = [step["to_state"].lower() for step in order["history"] if step["seller_order_id"] is None]
    for state in ("reserving", "awaiting_payment", "secured", "shipped", "delivered", "completed"):
        assert state in moves, f"{state} is missing in {moves}"
    times = [datetime.fromisoformat(step["at"]) for step in order["history"]]
    assert times == sorted(times)


@pytest.mark.policy("B8", "fr-pro")
def test_the_sums_of_the_order_add_up(world: World) -> None:
    order = the_order(world)
    parts = order["seller_orders"]
    assert len(parts) == 2
    for key in ("net", "vat", "gross"):
        assert order["totals"][key]["amount"] == sum(part["totals"][key]["amount"] for part in parts)
    normal = next(part for part in parts if part["lines"][0]["vat_regime"] == "normal")
    margin = next(part for part in parts if part["lines"][0]["vat_regime"] == "margin")
    net = normal["lines"][0]["unit_price"]["amount"] * 2 + normal["shipping_fee"]["amount"]
    # French goods to a French business: 20 % on the summed base, rounded half up once.
    assert normal["totals"]["gross"]["amount"] == net + (net * 20 + 50) // 100
    assert margin["totals"]["vat"]["amount"] == 0
    price = margin["lines"][0]["unit_price"]["amount"] * 3 + margin["shipping_fee"]["amount"]
    assert margin["totals"]["gross"]["amount"] == price


def test_the_purchase_order_says_how_to_pay(world: World) -> None:
    order = the_order(world)
    pdf = world.buyer.caller.content(order["purchase_order"]["href"])
    assert hashlib.sha256(pdf).hexdigest() == order["purchase_order"]["sha256"]
    text = text_of(pdf)
    iban = order["payment"]["virtual_account"]["iban"]
    assert iban in text.replace(" ", "")
    assert str(order["number"]) in text
    mail = world.platform.mail_to(world.buyer.email, str(order["number"]))
    assert world.buyer.company in text
    assert mail["subject"]


@pytest.mark.policy("E2", "fr-pro")
def test_each_seller_issued_one_invoice_in_its_own_name(world: World) -> None:
    order = the_order(world)
    invoices = world.story.invoices(world.buyer, order["id"], 2)
    assert len({invoice["number"] for invoice in invoices}) == 2
    by_seller = {part["seller_id"]: part for part in order["seller_orders"]}
    for invoice, seller in (
        (one, next(s for s in world.sellers if s.company_id == one["seller_id"])) for one in invoices
    ):
        assert invoice["gross"] == by_seller[invoice["seller_id"]]["totals"]["gross"]
        pdf = world.buyer.caller.content(f"/v1/invoices/{invoice['id']}/pdf")
        assert hashlib.sha256(pdf).hexdigest() == invoice["sha256"]
        text = text_of(pdf)
        assert invoice["number"] in text
        assert seller.company in text
        assert world.buyer.company in text
        xml = world.buyer.caller.content(f"/v1/invoices/{invoice['id']}/xml").decode()
        assert f"<ram:ID>{invoice['number']}" in xml.replace("\n", "") or invoice["number"] in xml
        assert world.buyer.caller.content(f"/v1/invoices/{invoice['id']}/pdf") == pdf


@pytest.mark.policy("P5", "fr-pro")
def test_the_sellers_got_the_sale_less_commission(world: World) -> None:
    order = the_order(world)
    for seller in world.sellers:
        part = next(one for one in order["seller_orders"] if one["seller_id"] == seller.company_id)
        goods = sum(line["unit_price"]["amount"] * line["quantity"] for line in part["lines"])
        commission = (goods * 10 + 50) // 100
        vat = (commission * 20 + 50) // 100
        payouts = [one for one in world.story.payouts(seller) if part["id"] in one["seller_order_ids"]]
        paid = sum(payout["amount"]["amount"] for payout in payouts)
        assert paid == part["totals"]["gross"]["amount"] - commission - vat


@pytest.mark.policy("D5", "fr-pro")
def test_the_books_balance_and_nothing_is_left_in_escrow(world: World) -> None:
    auditor = world.platform.with_key(world.contract["auditor"]["api_key"])
    journals = list(auditor.each("/v1/ledger/journals"))
    assert journals
    for journal in journals:
        debit, credit = (
            sum(p["amount"]["amount"] for p in journal["postings"] if p["side"] == side) for side in ("debit", "credit")
        )
        assert debit == credit > 0
    order = the_order(world)
    escrow = [one for one in auditor.each("/v1/ledger/accounts") if one["name"] == f"buyer.escrow:{order['id']}"]
    assert [one["balance"]["amount"] for one in escrow] == [0]


def test_everybody_was_told_by_mail(world: World) -> None:
    order = the_order(world)
    to_buyer = world.platform.outside.get("/mailbox/messages", to=world.buyer.email, limit=100)["items"]
    # Activation, purchase order, payment received, two parcels, two invoices at the least.
    assert len(to_buyer) >= 7
    with_invoice = [
        mail for mail in to_buyer if any(a["content_type"] == "application/pdf" for a in mail["attachments"])
    ]
    assert len(with_invoice) >= 3
    assert any(str(order["number"]) in mail["subject"] for mail in to_buyer)
    for seller in world.sellers:
        assert len(world.platform.outside.get("/mailbox/messages", to=seller.email)["items"]) >= 3
