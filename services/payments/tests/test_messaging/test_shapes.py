"""The doors to Kafka: every event has a public shape without personal data, and every message becomes the right command."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.kafka.envelope import Message
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START
from payments.domain import events
from payments.domain.bank_line import ReceivedCredit, receive_bank_line
from payments.domain.card_payment import capture_for_shipment, start_card_payment, whole_capture
from payments.domain.contest import DismissalReason
from payments.domain.facts import OrderedRegime, ShippedVat, Unit
from payments.domain.invoice import InvoiceState
from payments.domain.journal import Journal
from payments.domain.ledger_rules import shipped
from payments.domain.matching import match_credit
from payments.domain.payment import open_payment
from payments.domain.payout import Creditor, PayoutItem, create_payout
from payments.domain.refund import Source, SourceKind, create_refund
from payments.domain.settlement import begin_settlement
from payments.messaging.inbound import handlers
from payments.messaging.outbound import TOPICS, outbound
from payments.use_cases.credit_units import CreditUnits
from services.payments.tests.builders import (
    ACCOUNT,
    a_contest,
    a_corrected_invoice,
    a_credit,
    a_credit_note,
    a_held_order,
    a_payment,
    a_payout,
    a_refund,
    a_refund_of_a_case,
    a_settlement,
    an_invoice,
    eur,
)

IBAN_OF_PAYER = "FR7630004000031234567890143"


def every_card_event() -> list[DomainEvent]:
    payment, _ = open_payment(a_held_order(), ACCOUNT, START)
    card, started = start_card_payment(payment, 1, payment.due, "at_dispatch", "wal_1", START, START)
    waiting, required = card.require_3ds("cp_1", "https://pay.test/cp_1")
    authorised, said_yes = waiting.authorise("cp_1", START)
    part = capture_for_shipment(authorised, new_id(), new_id(), eur(5), START)
    return [
        started,
        required,
        said_yes,
        authorised.record_capture(part)[1],
        authorised.record_capture(whole_capture(authorised, START))[1],
        authorised.fail_capture(new_id(), new_id(), "declined")[1],
        waiting.fail("declined")[1],
        authorised.void()[1],
        authorised.expire()[1],
    ]


def every_event() -> list[DomainEvent]:
    order = new_id()
    credit = ReceivedCredit(
        "crd_1", "va_1", "wal_1", eur(500), START.date(), START, "Marie Durand", IBAN_OF_PAYER, "merci Marie"
    )
    line, received = receive_bank_line(new_id(), credit, START)
    payment, opened = open_payment(a_held_order(), ACCOUNT, START)
    item = PayoutItem(new_id(), new_id(), eur(100), eur(12))
    return [
        opened,
        payment.receive(eur(1), START)[1],
        payment.receive(payment.due, START)[1],
        a_payment().expire(START)[1],
        a_payment().cancel(START, "cancelled_by_buyer")[1],
        *every_card_event(),
        received,
        line.allocate(match_credit(a_credit(500), []))[1],
        events.JournalPosted(
            aggregate_id=order, seq=1, journal=Journal(order, shipped(order, new_id(), eur(5)), "invoice/1", START)
        ),
        an_invoice(InvoiceState.VALIDATED).issue(START)[1],
        a_credit_note(InvoiceState.VALIDATED).issue(START)[1],
        a_corrected_invoice(InvoiceState.VALIDATED).issue(START)[1],
        a_contest().opened(),
        a_contest().uphold("Marie Durand was right.", new_id(), new_id(), START)[1],
        a_contest().dismiss(DismissalReason.DOCUMENT_IS_RIGHT, "Marie Durand was wrong.", START)[1],
        begin_settlement(a_settlement())[1],
        a_settlement().release(START)[1],
        a_settlement().credit(new_id(), eur(46680), eur(3890), eur(778))[1],
        create_payout(new_id(), "fr-pro", Creditor("Reparo SAS", ACCOUNT.iban), (item,), START)[1],
        a_payout().send()[1],
        a_payout().settle(START)[1],
        a_payout().fail(START, "account_closed")[1],
        create_refund(
            Source(SourceKind.BANK_CREDIT, new_id(), "crd_1", "wal_1"), new_id(), eur(5), "late", START, order
        )[1],
        create_refund(
            Source(SourceKind.CARD_CAPTURE, new_id(), "cap_1", "wal_1"),
            new_id(),
            eur(5),
            "out_of_stock",
            START,
            order,
            seller_order_id=new_id(),
        )[1],
        a_refund().send()[1],
        a_refund().settle(START)[1],
        a_refund_of_a_case().settle(START, completes_case=True)[1],
        a_refund().fail(START, "account_closed")[1],
    ]


def test_every_event_has_a_public_shape_on_a_topic_of_ours_and_names_nobody() -> None:
    for event in every_event():
        public = outbound(event)
        assert public.topic in TOPICS
        assert public.type.startswith(f"{public.topic}.")
        assert public.type.endswith(".v1")
        assert (public.aggregate_id, public.seq) == (event.aggregate_id, event.seq)
        body = json.dumps(public.data)
        assert "Durand" not in body
        assert IBAN_OF_PAYER not in body
        assert "Reparo" not in body
    kinds = {type(event) for event in every_event()} | {events.SettlementPaidOut}
    declared = {
        one for one in vars(events).values()
        if isinstance(one, type) and issubclass(one, DomainEvent) and one is not DomainEvent
    }  # fmt: skip
    assert kinds == declared


def test_an_opened_payment_tells_the_buyer_where_to_pay() -> None:
    order = a_held_order()
    payment, opened = open_payment(order, ACCOUNT, START, card_pages="https://market.test/pay")
    assert outbound(opened).data == {
        "payment_id": str(opened.aggregate_id),
        "order_id": str(order.order_id),
        "buyer_id": str(order.buyer_id),
        "amount_due": {"amount": 156048, "currency": "EUR"},
        "virtual_account": {"iban": ACCOUNT.iban, "bic": ACCOUNT.bic, "holder_name": ""},
        "reference": "100042",
        "card_payment_link": f"https://market.test/pay/{payment.card_token}",
    }


def test_unknown_types_and_fields_are_tolerated() -> None:
    for topic in handlers():
        if topic.startswith("accounts."):
            continue
        assert handlers()[topic](message(topic, "something_new", {"surprise": 1})) is None


def test_a_seller_order_becomes_invoice_lines() -> None:
    ids = {name: str(new_id()) for name in ("seller_order_id", "order_id", "seller_id", "buyer_id")}
    data = {
        **ids,
        "number": "100042-1",
        "market": "fr-pro",
        "policy_version": "2026-01-01.abc",
        "currency": "EUR",
        "lines": [
            {
                "line_no": 1, "offer_id": str(new_id()), "sku": "S22", "title": "Galaxy S22", "category": "smartphone",
                "grade": "good", "quantity": 3, "unit_price": amount(21500), "vat_regime": "margin", "ship_from": "FR",
                "warranty_months": 12, "net": amount(64500),
                "vat": {"category": "E", "rate": "0", "vatex": "VATEX-EU-F", "rule": "V1", "notes": {}},
            }
        ],
        "regimes": [
            {
                "vat_regime": "margin", "price_basis": "net", "shipping_fee": amount(600),
                "totals": {"net": amount(65100), "vat": amount(0), "rounding": amount(0), "gross": amount(65100)},
                "breakdown": [],
            }
        ],
        "shipping_fee": amount(600),
        "totals": {},
    }  # fmt: skip
    work = handlers()["orders.seller_order"](message("orders.seller_order", "opened", data))
    assert work is not None
    (ordered,) = work.args  # type: ignore[attr-defined]
    assert ordered.seller_order_id == Id(ids["seller_order_id"])
    assert ordered.regimes == (OrderedRegime("margin", "net", 600, 65100),)
    assert (ordered.lines[0].vat_category, ordered.lines[0].vatex, ordered.lines[0].net_minor) == (
        "E",
        "VATEX-EU-F",
        64500,
    )


def test_a_dispatch_names_its_devices() -> None:
    ids = {name: str(new_id()) for name in ("shipment_id", "seller_order_id", "order_id", "seller_id", "buyer_id")}
    data = {
        **ids,
        "carrier": "dhl",
        "tracking_number": "1Z",
        "dispatched_at": "2026-11-23T10:00:00Z",
        "delivery_country": "FR",
        "lines": [{"line_no": 1, "units": [{"imei": "490154203237518"}, {"serial": "SN-1"}]}],
    }
    work = handlers()["orders.shipment"](message("orders.shipment", "dispatched", data))
    assert work is not None
    (dispatch,) = work.args  # type: ignore[attr-defined]
    assert dispatch.units_of(1) == (Unit("IMEI", "490154203237518"), Unit("S/N", "SN-1"))
    assert dispatch.dispatched_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    # Parcels that left before it was told say nothing of VAT.
    assert dispatch.vat == ()
    vat = {"category": "G", "rate": "0", "vatex": "VATEX-EU-G", "rule": "V7", "notes": {}}
    told = {**data, "lines": [{**data["lines"][0], "vat": vat}]}
    work = handlers()["orders.shipment"](message("orders.shipment", "dispatched", told))
    assert work is not None
    (dispatch,) = work.args  # type: ignore[attr-defined]
    assert dispatch.vat == (ShippedVat(1, "G", "0", "VATEX-EU-G"),)


@pytest.mark.parametrize("name", ["returned", "lost"])
def test_a_parcel_that_never_arrives_is_credited_whole_under_its_own_id(name: str) -> None:
    data = {"lines": [{"line_no": 1, "units": [{"imei": "490154203237518"}, {"serial": "SN-1"}]}]}
    told = message("orders.shipment", name, data)
    work = handlers()["orders.shipment"](told)
    assert work is not None
    (command,) = work.args  # type: ignore[attr-defined]
    id = told.aggregate_id
    assert command == CreditUnits(id, id, ("490154203237518", "SN-1"), f"parcel_{name}")


def amount(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "EUR"}


def message(topic: str, name: str, data: dict[str, Any]) -> Message:
    return Message(topic, 0, 0, new_id(), f"{topic}.{name}.v1", new_id(), 1, START, data, {}, b"")
