"""What mails say, and what they leave unsaid."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from gateway.clients.mail_sources import order_of
from gateway.clients.wording import languages
from gateway.domain.delivery import DeliveryImpossible, FailureReason, Template
from gateway.domain.letter import Letter, MailedLink, ReturnPlace, write_letter
from gateway.messaging.inbound import mails_of
from gateway.tests.builders import (
    A_PAID_PART_ENDED,
    EVENTS,
    ORDER,
    SELLER_ORDER,
    a_delivery,
    a_message,
    a_reader,
    a_waiting_order,
    an_order,
    euro,
)

LINK = MailedLink("user.nonce.signature", datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


_OF_APPROVALS = (Template.APPROVAL_AWAITED, Template.ORDER_APPROVED, Template.ORDER_NOT_APPROVED)


def written(template: Template, facts: dict[str, Any] | None = None, language: str = "en", **order: Any) -> Letter:
    data = a_waiting_order(**order) if template in _OF_APPROVALS else an_order(**order)
    return write_letter(a_delivery(template, facts), a_reader(language), order_of(data), LINK, "https://shop.example")


def test_a_mail_about_quotes_says_how_many_and_until_when_and_no_price() -> None:
    (mail, _) = mails_of(a_message("catalog.quote", "asked"))
    letter = written(Template.QUOTE_ASKED, dict(mail.facts))
    assert letter.subject == "A buyer asks for a quote: 42 devices"
    assert {row.label: row.text for row in letter.rows} == {
        "Request for quotation": "00000000-0000-0000-0000-000000000051",
        "Answer by": "Monday 23 November 2026 at 23:59 (CET)",
    }
    (mail,) = mails_of(a_message("catalog.quote", "offered"))
    assert "hold until Monday 7 December 2026 at 10:00 (CET)" in said(written(mail.template, dict(mail.facts)))


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "1 device", "2 devices"),
        ("fr", "1 appareil", "2 appareils"),
        ("nl", "1 apparaat", "2 apparaten"),
        ("da", "1 enhed", "2 enheder"),
    ],
)
def test_who_is_asked_for_one_device_is_not_asked_for_devices(language: str, one: str, two: str) -> None:
    (mail, _) = mails_of(a_message("catalog.quote", "asked"))
    (count,) = (name for name, value in mail.facts.items() if value == 42)
    for quantity, told in ((1, one), (2, two)):
        letter = written(Template.QUOTE_ASKED, {**mail.facts, count: quantity}, language)
        assert letter.subject.endswith(told)
        assert re.search(rf"\b{told}\b", letter.paragraphs[0])


def said(letter: Letter) -> str:
    rows = [f"{row.label}: {row.text}" for row in (*letter.rows, *letter.sums)]
    return "\n".join([letter.subject, *letter.paragraphs, *rows])


def test_the_purchase_order_says_how_much_until_when_and_where_to() -> None:
    letter = written(Template.PURCHASE_ORDER)
    assert letter.subject == "Purchase order 100042: please pay €945.48"
    assert {row.label: row.text for row in letter.rows} == {
        "Total to pay": "€945.48",
        "Pay by": "Friday 27 November 2026 at 23:59 (CET)",
        "Account holder": "Bureau Lyon SARL",
        "IBAN": "FR76 3000 6000 0112 3456 7890 189",
        "BIC": "AGRIFRPP",
        "Payment reference": "100042",
    }
    assert [(line.quantity, line.unit_price) for line in letter.lines] == [("2", "€389.00")]
    # 2 x 389.00 + 9.90 = 787.90; 20 % of it is 157.58.
    assert [row.text for row in letter.sums] == ["€9.90", "€787.90", "€157.58", "€945.48"]


def test_an_order_without_shown_vat_has_no_net_and_vat_rows() -> None:
    data = an_order()
    data["totals"] = {"net": euro(65_100), "vat": euro(0), "rounding": euro(0), "gross": euro(65_100)}
    letter = write_letter(a_delivery(Template.PURCHASE_ORDER), a_reader(), order_of(data), None, "")
    assert [row.label for row in letter.sums] == ["Shipping", "Total"]


def test_who_sends_a_device_back_is_told_where_to() -> None:
    facts = dict(EVENTS["aftersales.case", "authorised"])
    place = ReturnPlace("Reparo SAS", "7 quai des Retours", "33000", "Bordeaux", "FR")
    delivery, reader = a_delivery(Template.RETURN_AUTHORISED, facts), a_reader("en")
    letter = write_letter(delivery, reader, order_of(an_order()), None, "https://shop.example", place)
    assert "Send it to: Reparo SAS, 7 quai des Retours, 33000 Bordeaux, FR" in said(letter)
    unknown = write_letter(delivery, reader, order_of(an_order()), None, "https://shop.example")
    assert "Send it to" not in said(unknown)


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("template", [Template.CORRECTION_TO_BUYER, Template.CORRECTION_TO_SELLER])
def test_a_correction_names_both_documents_and_says_what_it_is_over(template: Template, language: str) -> None:
    facts = {"number": "RCDT-2026-000043", "corrects": "RCDT-2026-000042", "total": euro(94_548)}
    letter = written(template, facts, language)
    assert "RCDT-2026-000043" in letter.subject
    assert "RCDT-2026-000042" in letter.subject
    assert languages()[language].money(Money(94_548, "EUR")) in said(letter)


def test_a_contest_is_told_with_its_reason_and_a_reason_without_words_all_the_same() -> None:
    facts = dict(EVENTS["payments.contest", "opened"])
    letter = written(Template.INVOICE_CONTESTED, facts)
    assert "The buyer’s data on it are said to be wrong." in said(letter)
    assert f"Contest number: {facts['contest_id']}" in said(letter)
    new = written(Template.CONTEST_DISMISSED, {**facts, "reason": "of_another_kind"})
    assert "Our answer stands in your account." in said(new)


def test_a_part_payment_says_what_came_and_what_is_missing() -> None:
    letter = written(Template.PAYMENT_PARTIAL, {"received": euro(50_000), "missing": euro(44_548)}, "fr")
    assert letter.subject == "Commande 100042 : il manque 445,48\u00a0€"
    assert "500,00\u00a0€" in said(letter)


@pytest.mark.parametrize(
    "state", ["secured", "in_fulfilment", "auto_cancelled", "cancelled_by_buyer", "expiry_pending"]
)
@pytest.mark.parametrize("template", [Template.PAYMENT_REMINDER, Template.PAYMENT_PARTIAL])
def test_nobody_is_asked_for_money_that_is_no_longer_wanted(state: str, template: Template) -> None:
    with pytest.raises(DeliveryImpossible) as impossible:
        written(template, {"received": euro(1), "missing": euro(1)}, state=state)
    assert impossible.value.reason is FailureReason.OVERTAKEN


def test_who_sends_a_device_back_reads_the_number_the_day_and_what_to_do_before() -> None:
    facts = {"rma": "RMA-7K3F-92QD", "checklist": ["data_backup", "not_told_yet"], "send_until": "2027-01-13T22:59:59Z"}
    letter = written(Template.RETURN_AUTHORISED, facts)
    assert letter.subject == "Return RMA-7K3F-92QD: how to send your device back"
    assert letter.paragraphs[-1] == "• Back up your data: it may be erased during the repair."
    assert {row.label: row.text for row in letter.rows} == {
        "Return number": "RMA-7K3F-92QD",
        "Send it by": "Wednesday 13 January 2027 at 23:59 (CET)",
    }


@pytest.mark.parametrize("language", sorted(languages()))
def test_whatever_a_market_asks_before_a_return_has_a_sentence(language: str) -> None:
    with (Path(__file__).parents[3] / "markets" / "schema.toml").open("rb") as file:
        asked = tomllib.load(file)["sets"]["return_condition"]
    assert set(languages()[language].checklist) == set(asked)


def test_a_seller_reads_its_own_number_and_deadline() -> None:
    facts = {"seller_order_id": str(SELLER_ORDER), "ship_by": "2026-11-24T22:59:59Z"}
    letter = written(Template.READY_TO_SHIP, facts)
    assert letter.subject == "New order 100042-1: ship by 24 November 2026"


def test_who_is_asked_for_an_approval_reads_how_much_why_and_until_when() -> None:
    letter = written(Template.APPROVAL_AWAITED, dict(EVENTS["orders.order", "approval_awaited"]))
    assert letter.subject == "Order 100042 over €945.48 waits for your approval"
    assert letter.paragraphs[-2:] == (
        "• The order goes over what the person may spend on one order.",
        "• The order goes over what may be spent in a month for the cost centre.",
    )
    assert {row.label: row.text for row in letter.rows} == {
        "Order": "100042",
        "Your PO number": "PO 7",
        "Total": "€945.48",
        "Decide by": "Monday 7 December 2026 at 10:00 (CET)",
        "Order id": str(ORDER),
    }


@pytest.mark.parametrize("changes", [{"state": "reserving"}, {"state": "cancelled_by_buyer"}, {"step": 2}])
def test_nobody_is_asked_for_an_approval_that_is_no_longer_theirs_to_give(changes: dict[str, Any]) -> None:
    step = changes.pop("step", None)
    if step:
        changes["approval"] = {**a_waiting_order()["approval"], "step": step}
    with pytest.raises(DeliveryImpossible) as impossible:
        written(Template.APPROVAL_AWAITED, dict(EVENTS["orders.order", "approval_awaited"]), **changes)
    assert impossible.value.reason is FailureReason.OVERTAKEN


@pytest.mark.parametrize(
    ("reason", "sentence", "rows"),
    [
        ("approval_refused", "Your order was not approved in your company.", ["100042", "PO 7", "€945.48", "too dear"]),
        ("stock", "Your order was approved, but by then some of the devices were sold.", ["100042", "PO 7", "€945.48"]),
        ("a_newer_code", "Your order was approved, but it could not be carried out.", ["100042", "PO 7", "€945.48"]),
    ],
)
def test_the_placer_reads_why_an_order_does_not_go_ahead(reason: str, sentence: str, rows: list[str]) -> None:
    approval = {**a_waiting_order()["approval"], "decisions": [{"comment": "too\ndear"}]}
    letter = written(Template.ORDER_NOT_APPROVED, {"reason": reason}, state="refused", approval=approval)
    assert letter.paragraphs[0] == sentence
    assert [row.text for row in letter.rows] == rows


def test_only_the_lines_of_the_shipped_part_are_listed() -> None:
    data = an_order()
    other = {**data["seller_orders"][0], "id": str(Id(int=12)), "number": "100042-2", "lines": []}
    data["seller_orders"].append(other)
    facts = {"seller_order_id": other["id"], "carrier": "ups", "tracking_number": "1Z"}
    letter = write_letter(a_delivery(Template.SHIPMENT_DISPATCHED, facts), a_reader(), order_of(data), None, "")
    assert letter.lines == ()


def test_a_delivery_tells_both_deadlines_apart() -> None:
    letter = written(Template.CLAIM_WINDOW_OPENED, dict(EVENTS["aftersales.coverage", "opened"]))
    assert [row.text for row in letter.rows] == [
        "25 November 2026",
        "Saturday 28 November 2026 at 23:59 (CET)",
        "Monday 30 November 2026 at 23:59 (CET)",
    ]


def test_the_activation_link_carries_token_and_language() -> None:
    letter = written(Template.ACTIVATION, language="fr")
    assert letter.button_url == "https://shop.example/activate?token=user.nonce.signature&lang=fr"
    assert "mardi 24 novembre 2026 à 10:00 (CET)" in said(letter)


_ABOUT_SIGN_INS = (
    Template.EMAIL_NOTE,
    Template.EMAIL_WANTED,
    Template.FACTOR_ADDED,
    Template.FACTOR_REMOVED,
    Template.RECOVERY_CODE_USED,
)


@pytest.mark.parametrize("language", sorted(languages()))
def test_mails_about_a_password_lead_to_its_pages_in_the_readers_language(language: str) -> None:
    asked = written(Template.PASSWORD_LINK, language=language)
    assert asked.button_url == f"https://shop.example/new-password?token=user.nonce.signature&lang={language}"
    assert "10:00 (CET)" in said(asked)
    changed = written(Template.PASSWORD_CHANGED, language=language)
    assert changed.button_url == f"https://shop.example/forgot-password?lang={language}"
    new = written(Template.EMAIL_LINK, language=language)
    assert new.button_url == f"https://shop.example/new-email?token=user.nonce.signature&lang={language}"
    others = [written(one, language=language) for one in _ABOUT_SIGN_INS]
    for letter in (asked, changed, new, *others):
        assert letter.button
        assert "{" not in said(letter)


@pytest.mark.parametrize("language", sorted(languages()))
def test_an_invitation_names_the_company_and_leads_to_its_page(language: str) -> None:
    letter = written(Template.INVITATION, language=language)
    assert letter.button_url == f"https://shop.example/join?token=user.nonce.signature&lang={language}"
    assert "10:00 (CET)" in said(letter)
    assert "{" not in said(letter) + letter.subject


@pytest.mark.parametrize(("reason", "sentence"), [("quality", "quality process"), ("brand_new_code", "criteria")])
def test_a_refused_seller_reads_a_sentence_and_never_a_code(reason: str, sentence: str) -> None:
    letter = written(Template.SELLER_REJECTED, {"reason": reason})
    assert sentence in letter.paragraphs[1]
    assert reason == "quality" or reason not in said(letter)


def test_a_seller_reads_what_is_asked_why_and_until_when() -> None:
    facts = {"requirement": "document", "subject": "register_extract", "why": "expires_soon", "due_on": "2026-12-31"}
    letter = written(Template.SELLER_REQUIREMENT, facts)
    assert "extract of the commercial register" in letter.subject
    assert [(row.label, row.text) for row in letter.rows] == [("Until", "31 December 2026")]
    unknown = written(
        Template.SELLER_REQUIREMENT, {**facts, "subject": "brand_new", "why": "brand_new", "due_on": None}
    )
    assert "brand_new" not in unknown.subject + said(unknown)


@pytest.mark.parametrize("language", ["en", "fr", "nl", "da", "de"])
@pytest.mark.parametrize("template", [Template.PART_CANCELLED_TO_BUYER, Template.PART_CANCELLED_TO_SELLER])
@pytest.mark.parametrize("reason", ["out_of_stock", "cancelled_by_buyer", "late_shipment"])
def test_a_part_that_is_not_delivered_is_told_with_its_reason_and_what_goes_back(
    template: Template, language: str, reason: str
) -> None:
    facts = {name: A_PAID_PART_ENDED[name] for name in ("seller_order_id", "gross")} | {"reason": reason}
    words = languages()[language].words
    text = said(written(template, facts, language))
    assert words[f"part_ended_{reason}"] in text
    assert languages()[language].money(Money(94_548, "EUR")) in text
    unknown = said(written(template, {**facts, "reason": "something_new"}, language))
    assert words["part_ended_other"] in unknown
    assert "something_new" not in unknown


@pytest.mark.parametrize("language", ["en", "fr", "nl", "da"])
@pytest.mark.parametrize(
    ("template", "words", "codes"),
    [
        (Template.CANCELLATION_DECLINED, "not_cancelled", ("seller", "no_answer", "shipped")),
        (Template.DELAY_ANNOUNCED, "delay", ("out_of_stock", "busy_period", "outside_control", "other")),
    ],
)
def test_why_it_is_delivered_after_all_or_later_is_said_in_words(
    template: Template, words: str, codes: tuple[str, ...], language: str
) -> None:
    facts = {"seller_order_id": A_PAID_PART_ENDED["seller_order_id"], "expected_on": "2026-11-30"}
    known = languages()[language].words
    for code in codes:
        assert known[f"{words}_{code}"] in said(written(template, {**facts, "reason": code}, language))
    unknown = said(written(template, {**facts, "reason": "something_new"}, language))
    assert known[f"{words}_other"] in unknown
    assert "something_new" not in unknown


def test_a_late_part_says_from_when_on_its_buyer_is_free() -> None:
    to_buyer, to_seller = mails_of(a_message("orders.seller_order", "late"))
    for mail in (to_buyer, to_seller):
        text = said(written(mail.template, dict(mail.facts)))
        assert "Tuesday 24 November 2026" in text
        assert "Friday 27 November 2026 at 00:00 (CET)" in text


def test_a_refund_of_a_part_says_by_when() -> None:
    (mail,) = mails_of(a_message("payments.refund", "created"))
    letter = written(mail.template, dict(mail.facts))
    assert letter.paragraphs == (
        "We send €945.48 back by the means you paid with. You have it by Monday 7 December 2026 at 23:59 (CET) at the latest.",
    )


def test_a_refund_without_an_order_names_none() -> None:
    delivery = a_delivery(Template.REFUND_SETTLED, {"amount": euro(1_250)})
    letter = write_letter(delivery, a_reader(), None, None, "")
    assert (letter.subject, letter.rows) == ("Refund of €12.50 sent", ())


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize(("topic", "name"), sorted(EVENTS))
def test_every_fact_can_be_told_in_every_language(topic: str, name: str, language: str) -> None:
    for mail in mails_of(a_message(topic, name)):
        letter = written(mail.template, dict(mail.facts), language)
        assert letter.subject
        assert "{" not in said(letter)
        assert bool(letter.button) == bool(letter.button_url)
