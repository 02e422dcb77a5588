"""The public shapes: what payments and orders read, with nothing personal in it."""

import pytest

from aftersales.domain.coverage import new_coverage
from aftersales.messaging.outbound import outbound
from chassis.kernel.events import DomainEvent
from services.aftersales.tests.builders import CLOSES_AT, DELIVERED, SOLD, a_coverage, a_shipment, the_rules


def test_an_opened_coverage() -> None:
    shipment = a_shipment(market="be-shop", to="BE")
    rules = the_rules("be-shop")
    coverage, event = new_coverage(shipment, DELIVERED, rules, SOLD)
    public = outbound(event)
    assert (public.topic, public.type) == ("aftersales.coverage", "aftersales.coverage.opened.v1")
    assert (public.aggregate_id, public.seq) == (shipment.id, 1)
    assert public.data == {
        "shipment_id": str(shipment.id),
        "seller_order_id": str(shipment.seller_order_id),
        "order_id": str(shipment.order_id),
        "seller_id": str(shipment.seller_id),
        "buyer_id": str(shipment.buyer_id),
        "market": "be-shop",
        "policy_version": rules.version,
        "calendar_version": coverage.windows.calendar_version,
        "delivery_country": "BE",
        "delivered_at": "2026-11-20T10:00:00Z",
        "damage_until": "2026-11-25T22:59:59Z",
        "claim_until": "2026-11-25T22:59:59Z",
        "withdraw_until": "2026-12-04T22:59:59Z",
        "closes_at": "2026-12-04T23:00:00Z",
        "lines": [
            {"line_no": 1, "warranty_until": "2028-11-20T22:59:59Z"},
            {"line_no": 2, "warranty_until": "2027-11-20T22:59:59Z"},
        ],
    }


def test_what_is_not_known_or_not_granted_is_null() -> None:
    _, event = new_coverage(a_shipment(), DELIVERED, the_rules(), ())
    data = outbound(event).data
    assert data["withdraw_until"] is None
    assert data["lines"] == [{"line_no": 1, "warranty_until": None}, {"line_no": 2, "warranty_until": None}]


def test_warranties_that_became_known() -> None:
    coverage = a_coverage(sold=())
    public = outbound(coverage.set_warranties(SOLD, the_rules())[1])
    assert (public.type, public.seq) == ("aftersales.coverage.warranties_set.v1", 2)
    assert public.data == {
        "shipment_id": str(coverage.id),
        "seller_order_id": str(coverage.seller_order_id),
        "order_id": str(coverage.order_id),
        "lines": [
            {"line_no": 1, "warranty_until": "2028-11-20T22:59:59Z"},
            {"line_no": 2, "warranty_until": "2027-11-20T22:59:59Z"},
        ],
    }


def test_a_closed_claim_window() -> None:
    coverage = a_coverage()
    public = outbound(coverage.close_claim_window(CLOSES_AT)[1])
    assert (public.type, public.seq) == ("aftersales.coverage.claim_window_closed.v1", 2)
    assert public.data == {
        "shipment_id": str(coverage.id),
        "seller_order_id": str(coverage.seller_order_id),
        "order_id": str(coverage.order_id),
        "closed_at": "2026-11-25T23:00:00Z",
    }


def test_a_fact_without_a_public_shape_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="DomainEvent"):
        outbound(DomainEvent(aggregate_id=a_coverage().id, seq=1))
