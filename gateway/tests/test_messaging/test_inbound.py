"""Every fact that people are told of, to whom, and all the others that stay silent."""

import pytest

from chassis.kernel.ids import Id
from gateway.domain.delivery import Template, delivery_id
from gateway.domain.operator import OPERATOR_COMPANY
from gateway.messaging.inbound import TOPICS, handlers, mails_of
from gateway.tests.builders import A_PAID_PART_ENDED, BUYER, EVENTS, ORDER, SELLER, a_message

# Who is not named by the event is found through the order when the mail is written.
EXPECTED: dict[tuple[str, str], list[tuple[Template, Id | None, Id | None]]] = {
    ("accounts.company", "registered"): [(Template.ACTIVATION, BUYER, None)],
    ("accounts.company", "changed"): [(Template.ACTIVATION, BUYER, None)],
    ("accounts.seller", "approved"): [(Template.SELLER_APPROVED, SELLER, None)],
    ("accounts.seller", "info_requested"): [(Template.SELLER_INFO_REQUESTED, SELLER, None)],
    ("accounts.seller", "reminded"): [(Template.SELLER_REMINDED, SELLER, None)],
    ("accounts.seller", "changed"): [(Template.CHANGE_GRANTED, SELLER, None)],
    ("accounts.seller", "requirement_raised"): [(Template.SELLER_REQUIREMENT, SELLER, None)],
    ("accounts.seller", "activated"): [(Template.SELLER_ACTIVATED, SELLER, None)],
    ("accounts.seller", "suspended"): [(Template.SELLER_SUSPENDED, SELLER, None)],
    ("accounts.seller", "offboarded"): [(Template.SELLER_OFFBOARDED, SELLER, None)],
    ("accounts.seller", "payouts_held"): [(Template.SELLER_PAYOUTS_HELD, SELLER, None)],
    ("accounts.seller", "rejected"): [(Template.SELLER_REJECTED, SELLER, None)],
    ("catalog.quote", "asked"): [(Template.QUOTE_ASKED, SELLER, None), (Template.QUOTE_ASKED, Id(int=83), None)],
    ("catalog.quote", "asked_again"): [(Template.QUOTE_ASKED, SELLER, None), (Template.QUOTE_ASKED, Id(int=83), None)],
    ("catalog.quote", "offered"): [(Template.QUOTES_OFFERED, BUYER, None)],
    ("catalog.quote", "closed_no_offer"): [(Template.QUOTE_NONE, BUYER, None)],
    ("catalog.quote", "bid_withdrawn"): [(Template.QUOTE_WITHDRAWN, BUYER, None)],
    ("catalog.quote", "expired"): [(Template.QUOTE_EXPIRED, BUYER, None)],
    ("orders.order", "approval_awaited"): [(Template.APPROVAL_AWAITED, BUYER, ORDER)] * 2,
    ("orders.order", "placed"): [(Template.ORDER_APPROVED, None, ORDER)],
    ("orders.order", "refused"): [(Template.ORDER_NOT_APPROVED, None, ORDER)],
    ("orders.order", "purchase_order_ready"): [(Template.PURCHASE_ORDER, None, ORDER)],
    ("orders.order", "payment_reminded"): [(Template.PAYMENT_REMINDER, None, ORDER)],
    ("orders.order", "secured"): [(Template.PAYMENT_RECEIVED, None, ORDER)],
    ("orders.order", "auto_cancelled"): [(Template.ORDER_EXPIRED, None, ORDER)],
    ("orders.order", "cancelled"): [(Template.ORDER_CANCELLED, None, ORDER)],
    ("orders.seller_order", "acceptance_awaited"): [(Template.ACCEPTANCE_AWAITED, SELLER, ORDER)],
    ("orders.seller_order", "ready_to_ship"): [(Template.READY_TO_SHIP, SELLER, ORDER)],
    ("orders.seller_order", "cancellation_asked"): [(Template.CANCELLATION_ASKED, SELLER, ORDER)],
    ("orders.seller_order", "cancellation_declined"): [(Template.CANCELLATION_DECLINED, BUYER, ORDER)],
    ("orders.seller_order", "delay_announced"): [(Template.DELAY_ANNOUNCED, BUYER, ORDER)],
    ("orders.seller_order", "late"): [
        (Template.PART_LATE_TO_BUYER, BUYER, ORDER),
        (Template.PART_LATE_TO_SELLER, SELLER, ORDER),
    ],
    ("orders.seller_order", "shipped"): [(Template.CANCELLATION_DECLINED, None, ORDER)],
    ("orders.seller_order", "cancelled"): [(Template.SELLER_ORDER_CANCELLED, None, ORDER)],
    ("orders.shipment", "dispatched"): [(Template.SHIPMENT_DISPATCHED, BUYER, ORDER)],
    ("orders.seller_order", "address_change_asked"): [(Template.ADDRESS_CHANGE_ASKED, SELLER, ORDER)],
    ("orders.seller_order", "address_changed"): [(Template.ADDRESS_CHANGED, BUYER, ORDER)],
    ("orders.seller_order", "address_change_refused"): [(Template.ADDRESS_CHANGE_REFUSED, BUYER, ORDER)],
    ("orders.shipment", "delivery_failed"): [(Template.DELIVERY_FAILED, BUYER, ORDER)],
    ("orders.shipment", "redelivery_asked"): [(Template.REDELIVERY_ASKED, SELLER, ORDER)],
    ("orders.shipment", "returned"): [
        (Template.PARCEL_RETURNED, BUYER, ORDER),
        (Template.PARCEL_RETURNED_TO_SELLER, SELLER, ORDER),
    ],
    ("orders.shipment", "lost"): [
        (Template.PARCEL_LOST, BUYER, ORDER),
        (Template.PARCEL_LOST_TO_SELLER, SELLER, ORDER),
    ],
    ("payments.payment", "partially_paid"): [(Template.PAYMENT_PARTIAL, None, ORDER)],
    ("payments.card_payment", "capture_failed"): [(Template.CARD_CAPTURE_FAILED, None, ORDER)],
    ("payments.invoice", "issued"): [
        (Template.INVOICE_TO_BUYER, BUYER, ORDER),
        (Template.INVOICE_TO_SELLER, SELLER, ORDER),
    ],
    ("payments.contest", "opened"): [(Template.INVOICE_CONTESTED, OPERATOR_COMPANY, ORDER)],
    ("payments.contest", "dismissed"): [(Template.CONTEST_DISMISSED, SELLER, ORDER)],
    ("payments.refund", "created"): [(Template.REFUND_PROMISED, BUYER, ORDER)],
    ("payments.refund", "settled"): [(Template.REFUND_SETTLED, BUYER, ORDER)],
    ("payments.payout", "settled"): [(Template.PAYOUT_SETTLED, SELLER, None)],
    ("aftersales.case", "authorised"): [
        (Template.RETURN_AUTHORISED, BUYER, ORDER),
        (Template.RETURN_ANNOUNCED, SELLER, ORDER),
    ],
    ("aftersales.coverage", "opened"): [(Template.CLAIM_WINDOW_OPENED, BUYER, ORDER)],
}


@pytest.mark.parametrize("fact", sorted(EVENTS))
def test_a_fact_calls_for_its_mails(fact: tuple[str, str]) -> None:
    mails = mails_of(a_message(*fact))
    assert [(mail.template, mail.company_id, mail.order_id) for mail in mails] == EXPECTED[fact]


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("orders.order", "placed"),
        ("orders.order", "held"),
        ("orders.order", "partially_paid"),
        ("orders.shipment", "delivered"),
        ("payments.payment", "secured"),
        ("payments.payout", "failed"),
        ("accounts.company", "activated"),
    ],
)
def test_other_facts_are_passed_over_whatever_they_say(topic: str, name: str) -> None:
    assert handlers()[topic](a_message(topic, name, {})) is None


def test_each_who_is_asked_for_an_approval_gets_a_mail_of_their_own() -> None:
    mails = mails_of(a_message("orders.order", "approval_awaited"))
    assert [mail.facts["user_id"] for mail in mails] == [str(Id(int=4)), str(Id(int=5))]
    event_id = Id(int=70)
    assert len({delivery_id(event_id, mail.template, mail.person_id) for mail in mails}) == 2


def test_each_seller_who_may_answer_gets_a_mail_that_does_not_say_who_asks() -> None:
    mails = mails_of(a_message("catalog.quote", "asked"))
    assert {mail.facts["pieces"] for mail in mails} == {42}
    assert all(str(BUYER) not in str(mail.facts) for mail in mails)
    assert len({delivery_id(Id(int=70), mail.template, mail.person_id) for mail in mails}) == 2


@pytest.mark.parametrize("name", ["placed", "refused"])
def test_an_order_that_nobody_had_to_approve_calls_for_no_mail(name: str) -> None:
    data = {**EVENTS["orders.order", name], "was_approved": False, "awaited_approval": False}
    assert mails_of(a_message("orders.order", name, data)) == ()


def test_what_a_program_ordered_is_told_to_its_company() -> None:
    (mail,) = mails_of(a_message("orders.order", "refused", {**EVENTS["orders.order", "refused"], "placed_by": None}))
    assert "user_id" not in mail.facts


def test_a_decision_about_a_change_request_is_told_to_the_company_and_other_changes_of_a_case_to_nobody() -> None:
    for what, template in (("change_granted", Template.CHANGE_GRANTED), ("change_refused", Template.CHANGE_REFUSED)):
        data = {**EVENTS["accounts.company", "changed"], "what": ["address", what], "user_id": None}
        (mail,) = mails_of(a_message("accounts.company", "changed", data))
        assert (mail.template, mail.company_id) == (template, BUYER)
    own_doing = {**EVENTS["accounts.seller", "changed"], "what": ["support_phone"]}
    assert mails_of(a_message("accounts.seller", "changed", own_doing)) == ()


def test_a_newer_meaning_of_a_fact_is_not_guessed() -> None:
    message = a_message("orders.order", "cancelled")
    newer = type(message)(**{**vars(message), "type": "orders.order.cancelled.v2"})
    assert handlers()["orders.order"](newer) is None


@pytest.mark.parametrize("kind", ["operator", "auditor"])
def test_the_platforms_own_people_get_no_activation_mail(kind: str) -> None:
    data = {**EVENTS["accounts.company", "registered"], "kind": kind}
    assert mails_of(a_message("accounts.company", "registered", data)) == ()


@pytest.mark.parametrize(
    ("what", "templates"),
    [
        ("activation_link", [Template.ACTIVATION]),
        ("password_link", [Template.PASSWORD_LINK]),
        ("password", [Template.PASSWORD_CHANGED]),
        ("email_change", [Template.EMAIL_LINK, Template.EMAIL_NOTE]),
        ("email_wanted", [Template.EMAIL_WANTED]),
        ("factor_added", [Template.FACTOR_ADDED]),
        ("factor_removed", [Template.FACTOR_REMOVED]),
        ("recovery_code", [Template.RECOVERY_CODE_USED]),
    ],
)
def test_what_is_new_about_a_sign_in_is_written_to_its_person(what: str, templates: list[Template]) -> None:
    data = {**EVENTS["accounts.company", "changed"], "what": [what]}
    mails = mails_of(a_message("accounts.company", "changed", data))
    assert [(mail.template, mail.facts) for mail in mails] == [(one, {"user_id": data["user_id"]}) for one in templates]


def test_an_invitation_is_mailed_by_its_own_id() -> None:
    data = {**EVENTS["accounts.company", "changed"], "what": ["invitation"], "invitation_id": str(BUYER)}
    (mail,) = mails_of(a_message("accounts.company", "changed", data))
    assert (mail.template, mail.facts) == (Template.INVITATION, {"invitation_id": str(BUYER)})


def test_a_change_that_is_no_request_for_the_link_is_silent() -> None:
    data = {**EVENTS["accounts.company", "changed"], "what": ["vat_evidence"]}
    assert mails_of(a_message("accounts.company", "changed", data)) == ()


def test_a_credit_note_is_not_called_an_invoice() -> None:
    data = {**EVENTS["payments.invoice", "issued"], "kind": "381"}
    templates = [mail.template for mail in mails_of(a_message("payments.invoice", "issued", data))]
    assert templates == [Template.CREDIT_NOTE_TO_BUYER, Template.CREDIT_NOTE_TO_SELLER]


@pytest.mark.parametrize(
    ("kind", "replaces", "credits"), [("380", "RCDT-2026-000042", None), ("381", None, "RCDT-2026-000042")]
)
def test_the_two_documents_that_correct_an_invoice_promise_no_money(
    kind: str, replaces: str | None, credits: str | None
) -> None:
    def named(number: str | None) -> dict[str, str] | None:
        return {"invoice_id": str(Id(int=40)), "number": number} if number else None

    data = {
        **EVENTS["payments.invoice", "issued"],
        "kind": kind,
        "contest_id": str(Id(int=41)),
        "replaces": named(replaces),
        "credits": named(credits),
    }
    mails = mails_of(a_message("payments.invoice", "issued", data))
    assert [mail.template for mail in mails] == [Template.CORRECTION_TO_BUYER, Template.CORRECTION_TO_SELLER]
    assert {mail.facts["corrects"] for mail in mails} == {"RCDT-2026-000042"}


def test_a_paid_part_that_is_not_delivered_is_told_to_both() -> None:
    mails = mails_of(a_message("orders.seller_order", "cancelled", A_PAID_PART_ENDED))
    assert [(mail.template, mail.company_id) for mail in mails] == [
        (Template.PART_CANCELLED_TO_BUYER, BUYER),
        (Template.PART_CANCELLED_TO_SELLER, SELLER),
    ]
    assert {mail.facts["reason"] for mail in mails} == {"out_of_stock"}


@pytest.mark.parametrize("reason", ["cancelled_by_buyer", "late_shipment"])
def test_a_buyer_who_went_by_itself_is_told_that_it_was_done(reason: str) -> None:
    data = {**A_PAID_PART_ENDED, "by": "buyer", "reason": reason}
    mails = mails_of(a_message("orders.seller_order", "cancelled", data))
    assert [(mail.template, mail.company_id) for mail in mails] == [
        (Template.PART_CANCELLED_AS_ASKED, BUYER),
        (Template.PART_CANCELLED_TO_SELLER, SELLER),
    ]


@pytest.mark.parametrize("said", [{"declined_cancellation": False}, {}])
def test_a_parcel_that_nobody_wanted_to_stop_is_told_of_with_the_parcel_only(said: dict[str, bool]) -> None:
    data = {**EVENTS["orders.seller_order", "shipped"], "declined_cancellation": None, **said}
    assert mails_of(a_message("orders.seller_order", "shipped", data)) == ()


def test_only_the_refund_of_a_part_is_told_before_it_is_sent() -> None:
    data = {**EVENTS["payments.refund", "created"], "seller_order_id": None}
    assert mails_of(a_message("payments.refund", "created", data)) == ()


def test_a_refund_of_money_without_an_order_is_told_too() -> None:
    data = {**EVENTS["payments.refund", "settled"], "order_id": None}
    (mail,) = mails_of(a_message("payments.refund", "settled", data))
    assert (mail.company_id, mail.order_id) == (BUYER, None)


def test_every_topic_with_a_mail_is_read() -> None:
    # An erasure is obeyed, and calls for no mail.
    assert {topic for topic, _ in EVENTS} == set(TOPICS) == set(handlers()) - {"accounts.erasure"}
