"""The public shapes that go out, and that every fact that comes in finds its use case."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chassis.kafka.envelope import Message
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.address_change import AddressAnswer
from orders.domain.cancellation_request import DeclineReason, DelayReason
from orders.domain.delivery_terms import FailureReason, LossReason
from orders.domain.hold import hold_from
from orders.domain.order import PROGRESS, OrderState
from orders.domain.reservation import ChosenOption, IncludedLevy, Refusal, RefusedLine, held_stock
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import ShipmentState
from orders.messaging.inbound import handlers
from orders.messaging.outbound import TOPICS, outbound
from services.orders.tests.builders import (
    NOW,
    RULES,
    TOTALS,
    a_seller_order,
    a_shipment,
    a_sold_line,
    an_approval,
    an_order,
    deliver_to,
)

EUR = "EUR"


def every_event() -> list[DomainEvent]:
    reserving, held = an_order(OrderState.RESERVING), an_order()
    windows = ChosenOption("windows_11_pro", "operating_system", "Windows 11 Pro", 2_500)
    line = a_sold_line(options=(windows,), levies=(IncludedLevy("eco_contribution", 12),))
    part = a_seller_order(held, lines=(line,))
    ready = a_seller_order(held, SellerOrderState.TO_SHIP)
    shipment = a_shipment(part)
    shipped = a_seller_order(held, SellerOrderState.SHIPPED, shipment_id=shipment.id)
    failed, failed_fact = shipment.fail(FailureReason.NOBODY_THERE)
    waiting = a_shipment(part, ShipmentState.ANNOUNCED)
    refusal = Refusal("stock", (RefusedLine(1, new_id(), "not_enough_stock", 2, 1),))
    summary = [events.SellerPart(part.id, part.seller_id, part.totals)]
    return [
        reserving.begun(),
        an_order(OrderState.CHECKING_LIMITS).begun(),
        an_order(OrderState.CHECKING_LIMITS).await_approval(an_approval(), at=NOW)[1],
        an_order(OrderState.AWAITING_APPROVAL).withdraw(at=NOW)[1],
        an_order(OrderState.AWAITING_APPROVAL).refuse(Refusal("approval_lapsed"), at=NOW)[1],
        reserving.refuse(refusal, at=NOW)[1],
        reserving.keep(TOTALS, hold_from(RULES, NOW), summary, at=NOW)[1],
        held.attach_purchase_order("0" * 64, at=NOW)[1],
        held.pay_in_part(1, at=NOW)[1],
        held.remind(2, at=NOW)[1],
        held.secure(new_id(), NOW, at=NOW)[1],
        held.expire(at=NOW)[1],
        an_order(OrderState.EXPIRY_PENDING).auto_cancel(at=NOW)[1],
        held.cancel(at=NOW)[1],
        *(an_order(OrderState.SECURED).progress(state, at=NOW)[1] for state in PROGRESS[1:]),
        an_order(OrderState.SECURED).progress(OrderState.CANCELLED_EXCEPTION, at=NOW)[1],
        part.opened(),
        part.await_acceptance(NOW, at=NOW)[1],
        part.make_ready(RULES, NOW, at=NOW)[1],
        ready.clear_vat(at=NOW)[1],
        ready.announce(shipment.id, at=NOW)[1],
        ready.announce(shipment.id, at=NOW)[0].withdraw("declined", at=NOW)[1],
        *before_it_ships(replace(ready, ship_by=NOW)),
        ready.ship(shipment.id, at=NOW)[1],
        a_seller_order(held, SellerOrderState.SHIPPED).deliver(NOW, at=NOW)[1],
        a_seller_order(held, SellerOrderState.DELIVERED).complete(at=NOW)[1],
        *sent_elsewhere(part, ready),
        *lost_on_the_way(shipped),
        ready.end("out_of_stock", events.EndOfPaid("seller", NOW), at=NOW)[1],
        part.cancel("not_paid", at=NOW)[1],
        waiting.announced(24_000, "EUR"),
        waiting.withdraw("declined")[1],
        shipment.dispatched(part.vat_by_line),
        shipment.deliver(NOW, at=NOW)[1],
        failed.ask_redelivery(at=NOW)[1],
        failed_fact,
        failed.resume()[1],
        failed.bring_back()[1],
        shipment.bring_back()[1],
        shipment.lose(LossReason.NO_SCAN)[1],
    ]


def sent_elsewhere(unpaid: SellerOrder, ready: SellerOrder) -> list[DomainEvent]:
    to = deliver_to("DE", "10115")
    asked, event = ready.ask_address_change(to, None, NOW, at=NOW)
    return [
        unpaid.change_address(to, None, at=NOW)[1],
        event,
        asked.accept_address(AddressAnswer.ACCEPTED, RULES, at=NOW)[1],
        asked.refuse_address(AddressAnswer.UNANSWERED, RULES, at=NOW)[1],
    ]


def before_it_ships(ready: SellerOrder) -> list[DomainEvent]:
    asked, event = ready.ask_cancellation(NOW, at=NOW)
    return [
        event,
        asked.decline_cancellation(DeclineReason.NO_ANSWER, at=NOW)[1],
        ready.announce_delay(DelayReason.BUSY_PERIOD, NOW.date(), excused=True, at=NOW)[1],
        ready.mark_late(NOW, at=NOW)[1],
    ]


def lost_on_the_way(shipped: SellerOrder) -> list[DomainEvent]:
    failed, event = shipped.fail_delivery("nobody_there", at=NOW)
    return [event, failed.resume_delivery(at=NOW)[1], failed.bring_back(at=NOW)[1], shipped.lose(at=NOW)[1]]


def test_every_domain_event_has_a_public_shape() -> None:
    kinds = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type)
        and issubclass(kind, DomainEvent)
        and kind not in (DomainEvent, events.TroubledShipment, events.SellerOrderNews)
    }
    assert {type(event) for event in every_event()} == kinds
    for event in every_event():
        public = outbound(event)
        assert public.topic in TOPICS
        assert public.type.startswith(f"{public.topic}.")
        assert public.type.endswith(".v1")
        assert (public.aggregate_id, public.seq) == (event.aggregate_id, event.seq)
        assert json.loads(json.dumps(public.data)) == public.data


def test_types_are_those_that_other_services_know() -> None:
    assert [outbound(event).type for event in every_event()] == [
        "orders.order.placed.v1",
        "orders.order.submitted.v1",
        "orders.order.approval_awaited.v1",
        "orders.order.withdrawn.v1",
        "orders.order.refused.v1",
        "orders.order.refused.v1",
        "orders.order.held.v1",
        "orders.order.purchase_order_ready.v1",
        "orders.order.partially_paid.v1",
        "orders.order.payment_reminded.v1",
        "orders.order.secured.v1",
        "orders.order.expiring.v1",
        "orders.order.auto_cancelled.v1",
        "orders.order.cancelled.v1",
        "orders.order.in_fulfilment.v1",
        "orders.order.partially_shipped.v1",
        "orders.order.shipped.v1",
        "orders.order.delivered.v1",
        "orders.order.completed.v1",
        "orders.order.cancelled_exception.v1",
        "orders.seller_order.opened.v1",
        "orders.seller_order.acceptance_awaited.v1",
        "orders.seller_order.ready_to_ship.v1",
        "orders.seller_order.vat_cleared.v1",
        "orders.seller_order.shipment_announced.v1",
        "orders.seller_order.shipment_withdrawn.v1",
        "orders.seller_order.cancellation_asked.v1",
        "orders.seller_order.cancellation_declined.v1",
        "orders.seller_order.delay_announced.v1",
        "orders.seller_order.late.v1",
        "orders.seller_order.shipped.v1",
        "orders.seller_order.delivered.v1",
        "orders.seller_order.completed.v1",
        "orders.seller_order.address_changed.v1",
        "orders.seller_order.address_change_asked.v1",
        "orders.seller_order.address_changed.v1",
        "orders.seller_order.address_change_refused.v1",
        "orders.seller_order.delivery_failed.v1",
        "orders.seller_order.delivery_resumed.v1",
        "orders.seller_order.returned.v1",
        "orders.seller_order.lost.v1",
        "orders.seller_order.cancelled.v1",
        "orders.seller_order.cancelled.v1",
        "orders.shipment.announced.v1",
        "orders.shipment.withdrawn.v1",
        "orders.shipment.dispatched.v1",
        "orders.shipment.delivered.v1",
        "orders.shipment.redelivery_asked.v1",
        "orders.shipment.delivery_failed.v1",
        "orders.shipment.delivery_resumed.v1",
        "orders.shipment.returned.v1",
        "orders.shipment.returned.v1",
        "orders.shipment.lost.v1",
    ]


def test_the_held_order_carries_what_payments_needs() -> None:
    order = an_order(OrderState.RESERVING)
    part = events.SellerPart(new_id(), new_id(), TOTALS)
    _, held = order.keep(TOTALS, hold_from(RULES, NOW), [part], at=NOW)
    totals = {
        "net": {"amount": 20_000, "currency": EUR},
        "vat": {"amount": 4_000, "currency": EUR},
        "rounding": {"amount": 0, "currency": EUR},
        "gross": {"amount": 24_000, "currency": EUR},
    }
    assert outbound(held).data == {
        "order_id": str(order.id),
        "number": 100_001,
        "buyer_id": str(order.buyer_id),
        "market": "fr-pro",
        "policy_version": RULES.version,
        "currency": EUR,
        "totals": totals,
        "hold_until": "2026-11-30T22:59:59Z",
        "seller_orders": [
            {"seller_order_id": str(part.seller_order_id), "seller_id": str(part.seller_id), "totals": totals}
        ],
        "delivery_country": "FR",
    }


def test_nothing_personal_leaves_on_a_topic() -> None:
    text = json.dumps([outbound(event).data for event in every_event()])
    address = an_order().deliver_to
    for personal in (address.company, address.street, address.postal_code):
        assert personal not in text


def a_message(topic: str, name: str, data: dict[str, Any]) -> Message:
    return Message(topic, 0, 0, new_id(), f"{topic}.{name}.v1", new_id(), 1, NOW, data, {}, b"")


ID = str(new_id())


@pytest.mark.parametrize(
    ("topic", "name", "data", "use_case"),
    [
        ("accounts.company", "changed", {}, "request_party"),
        ("accounts.seller", "activated", {}, "request_party"),
        ("catalog.reservation", "held", {"order_id": ID, "lines": [], "shipping": []}, "settle_reservation"),
        ("catalog.reservation", "refused", {"order_id": ID, "lines": []}, "refuse_order"),
        ("payments.payment", "not_paid", {"order_id": ID}, "auto_cancel_order"),
        (
            "payments.payment",
            "secured",
            {"order_id": ID, "payment_id": ID, "secured_at": "2026-11-23T09:00:00Z"},
            "secure_order",
        ),
        (
            "payments.payment",
            "partially_paid",
            {"order_id": ID, "received": {"amount": 1, "currency": EUR}},
            "record_partial_payment",
        ),
        ("aftersales.coverage", "claim_window_closed", {"seller_order_id": ID}, "complete_seller_order"),
    ],
)
def test_a_fact_finds_its_use_case_and_fields_nobody_reads_do_not_matter(
    topic: str, name: str, data: dict[str, Any], use_case: str
) -> None:
    work = handlers()[topic](a_message(topic, name, {**data, "something_new": True}))
    assert work.func.__name__ == use_case  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("topic", "name"),
    [("catalog.reservation", "consumed"), ("payments.payment", "closed"), ("aftersales.coverage", "opened")],
)
def test_a_fact_of_no_interest_is_passed_over(topic: str, name: str) -> None:
    assert handlers()[topic](a_message(topic, name, {})) is None


def catalogs_line() -> dict[str, Any]:
    return {
        "line_no": 1,
        "offer_id": str(new_id()),
        "seller_id": str(new_id()),
        "sku": "A-1",
        "title": "iPhone 13",
        "category": "smartphone",
        "grade": "very_good",
        "quantity": 2,
        "unit_price": {"amount": 38_900, "currency": EUR},
        "vat_regime": "margin",
        "ship_from": "FR",
        "warranty_months": 12,
        "dispatch_business_days": 1,
    }


def test_a_line_as_catalog_tells_it() -> None:
    line = catalogs_line()
    offer, seller = Id(line["offer_id"]), Id(line["seller_id"])
    fee = {"seller_id": str(seller), "fee": {"amount": 990, "currency": EUR}}
    data = {"reservation_id": ID, "order_id": ID, "lines": [line], "shipping": [fee]}
    work = handlers()["catalog.reservation"](a_message("catalog.reservation", "held", data))
    held = work.args[0].held  # type: ignore[union-attr]
    assert (held.order_id, held.shipping) == (Id(ID), {seller: 990})
    assert (held.lines[0].offer_id, held.lines[0].unit_price, held.lines[0].vat_regime) == (offer, 38_900, "margin")
    assert (held.lines[0].options, held.lines[0].levies) == ((), ())


def test_a_line_with_options_and_levies_as_catalog_tells_it() -> None:
    option = {"code": "case", "kind": "accessory", "title": "Case", "price": {"amount": 900, "currency": EUR}}
    levy = {"kind": "eco_contribution", "amount": {"amount": 12, "currency": EUR}}
    line = catalogs_line() | {"options": [option], "levies": [levy]}
    held = held_stock({"order_id": ID, "lines": [line], "shipping": []})
    assert held.lines[0].options == (ChosenOption("case", "accessory", "Case", 900),)
    assert held.lines[0].levies == (IncludedLevy("eco_contribution", 12),)
