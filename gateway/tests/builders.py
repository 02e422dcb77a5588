"""Companies, orders and deliveries with defaults, as the services would answer them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.kafka.envelope import Message
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START
from chassis.testing.memory import MemoryRepository, MemoryUnitOfWork
from gateway.clients.wording import language_of
from gateway.domain.advance import Advance, AdvanceState
from gateway.domain.delivery import Delivery, DeliveryState, FailureReason, Template, new_delivery
from gateway.domain.letter import Reader
from gateway.messaging.outbound import outbound

BUYER, SELLER = Id(int=1), Id(int=2)
ORDER, SELLER_ORDER = Id(int=10), Id(int=11)
# Every name is a stranger's: this one tries to be markup and to start a header of its own.
NASTY = "<b>Évil & Co</b>\r\nBcc: all@example.com"
PARIS = ZoneInfo("Europe/Paris")


class MemoryAdvances(MemoryRepository[Advance]):
    """Advances, with the question that one use case asks."""

    async def running(self) -> list[Advance]:
        return await self.matching(lambda advance: advance.state is AdvanceState.RUNNING)


class MemoryGateway(MemoryUnitOfWork):
    """The gateway's unit of work without a database."""

    def __init__(self) -> None:
        super().__init__()
        self.advances = MemoryAdvances()
        self.deliveries: MemoryRepository[Delivery] = MemoryRepository()


def a_reader(language: str = "en", company: str = "Bureau Lyon SARL", name: str = "Jeanne Petit") -> Reader:
    return Reader(BUYER, company, name, "jeanne@bureau-lyon.example", language_of(language), PARIS)


def a_delivery(
    template: Template, facts: dict[str, Any] | None = None, state: DeliveryState = DeliveryState.PENDING
) -> Delivery:
    delivery = new_delivery(template, new_id(), facts or {}, START, order_id=ORDER)
    match state:
        case DeliveryState.PENDING:
            return delivery
        case DeliveryState.SENT:
            return delivery.sent(BUYER, START)[0]
        case DeliveryState.FAILED:
            return delivery.failed(FailureReason.REFUSED, START)[0]


def euro(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "EUR"}


def a_party(company_id: Id = BUYER, language: str = "fr", **changes: Any) -> dict[str, Any]:
    """GET /internal/parties/{id} of accounts."""
    return {
        "company_id": str(company_id),
        "version": 2,
        "kind": "buyer",
        "markets": ["fr-pro"],
        "legal_name": "Bureau Lyon SARL",
        "language": language,
        "contacts": [{"role": "main", "email": "jeanne@bureau-lyon.example", "name": "Jeanne Petit"}],
        **changes,
    }


def an_order(state: str = "awaiting_payment", title: str = "Apple iPhone 13 128 GB, blue, very good") -> dict[str, Any]:
    """GET /internal/orders/{id} of orders: 2 x 389.00 and shipping of 9.90 net, 20 % VAT."""
    return {
        "id": str(ORDER),
        "number": 100042,
        "state": state,
        "market": "fr-pro",
        "currency": "EUR",
        "buyer_id": str(BUYER),
        "totals": {"net": euro(78_790), "vat": euro(15_758), "rounding": euro(0), "gross": euro(94_548)},
        "hold_until": "2026-11-27T22:59:59Z",
        "buyer_reference": None,
        "approval": None,
        "seller_orders": [
            {
                "id": str(SELLER_ORDER),
                "number": "100042-1",
                "seller_id": str(SELLER),
                "lines": [{"line_no": 1, "title": title, "quantity": 2, "unit_price": euro(38_900)}],
                "shipping_fee": euro(990),
            }
        ],
        "payment": {
            "card_payment_link": "https://market.test/pay/0123456789abcdefghij",
            "payment_id": str(Id(int=20)),
            "amount_due": euro(94_548),
            "reference": "100042",
            "virtual_account": {
                "iban": "FR7630006000011234567890189",
                "bic": "AGRIFRPP",
                "holder_name": "Bureau Lyon SARL",
            },
        },
    }


def a_waiting_order(**changes: Any) -> dict[str, Any]:
    """The same while it waits for an approval: nothing of it is sold yet."""
    sums = an_order()["totals"]
    approval = {"step": 1, "steps": 2, "totals": sums, "decisions": []}
    return {
        **an_order("awaiting_approval"),
        "totals": None,
        "hold_until": None,
        "seller_orders": [],
        "payment": None,
        "buyer_reference": "PO 7",
        "approval": approval,
        **changes,
    }


# What each event of other services says, as far as mails read it: (topic, name) → data.
QUOTE: dict[str, Any] = {"quote_request_id": str(Id(int=81)), "buyer_id": str(BUYER), "market": "fr-pro"}
ROUND: dict[str, Any] = {
    "round": 1,
    "answers_until": "2026-11-23T22:59:59Z",
    "lines": [
        {"line_no": 1, "category": "smartphone", "quantity": 30},
        {"line_no": 2, "category": "laptop", "quantity": 12},
    ],
    "asked_ids": [str(SELLER), str(Id(int=83))],
}
_PARCEL: dict[str, Any] = {
    "shipment_id": str(Id(int=8)),
    "seller_order_id": str(SELLER_ORDER),
    "order_id": str(ORDER),
    "seller_id": str(SELLER),
    "buyer_id": str(BUYER),
}
_PART = {
    "seller_order_id": str(SELLER_ORDER),
    "order_id": str(ORDER),
    "number": "100042-1",
    "seller_id": str(SELLER),
    "buyer_id": str(BUYER),
}
EVENTS: dict[tuple[str, str], dict[str, Any]] = {
    ("accounts.company", "registered"): {
        "company_id": str(BUYER),
        "kind": "buyer",
        "market": "fr-pro",
        "user_id": str(Id(int=3)),
    },
    ("accounts.company", "changed"): {
        "company_id": str(BUYER),
        "what": ["activation_link"],
        "user_id": str(Id(int=3)),
    },
    ("accounts.seller", "approved"): {"seller_id": str(SELLER)},
    ("accounts.seller", "changed"): {"seller_id": str(SELLER), "what": ["payout", "change_granted"]},
    ("accounts.seller", "requirement_raised"): {
        "seller_id": str(SELLER),
        "requirement": "document",
        "subject": "register_extract",
        "why": "expires_soon",
        "due_on": "2026-12-31",
    },
    ("accounts.seller", "activated"): {
        "seller_id": str(SELLER),
        "markets": ["fr-pro"],
        "mandate_version": "2026-11-01",
    },
    ("accounts.seller", "suspended"): {"seller_id": str(SELLER), "reason": "mandate_revoked"},
    ("accounts.seller", "offboarded"): {"seller_id": str(SELLER), "reason": "own_wish"},
    ("accounts.seller", "payouts_held"): {"seller_id": str(SELLER), "reason": "tax_data"},
    ("accounts.seller", "rejected"): {"seller_id": str(SELLER), "reason": "quality"},
    ("catalog.quote", "asked"): {**QUOTE, **ROUND},
    ("catalog.quote", "asked_again"): {**QUOTE, **ROUND, "round": 2},
    ("catalog.quote", "offered"): {**QUOTE, "round": 1, "bids": 2, "valid_until": "2026-12-07T09:00:00Z"},
    ("catalog.quote", "closed_no_offer"): {**QUOTE, "round": 1},
    ("catalog.quote", "bid_withdrawn"): {
        **QUOTE,
        "bid_id": str(Id(int=82)),
        "seller_id": str(SELLER),
        "bids": 1,
    },
    ("catalog.quote", "expired"): QUOTE,
    ("orders.order", "approval_awaited"): {
        "order_id": str(ORDER),
        "number": 100042,
        "buyer_id": str(BUYER),
        "step": 1,
        "steps": 2,
        "asked_ids": [str(Id(int=4)), str(Id(int=5))],
        "reasons": ["person_per_order", "cost_centre_per_month"],
        "gross": euro(94_548),
        "lapses_at": "2026-12-07T09:00:00Z",
    },
    ("orders.order", "placed"): {"order_id": str(ORDER), "was_approved": True, "placed_by": str(Id(int=6))},
    ("orders.order", "refused"): {
        "order_id": str(ORDER),
        "reason": "approval_refused",
        "lines": [],
        "placed_by": str(Id(int=6)),
        "awaited_approval": True,
    },
    ("orders.order", "purchase_order_ready"): {"order_id": str(ORDER), "sha256": "00"},
    ("orders.order", "payment_reminded"): {
        "order_id": str(ORDER),
        "after_business_days": 2,
        "hold_until": "2026-11-27T22:59:59Z",
        "missing": euro(94_548),
    },
    ("orders.order", "secured"): {"order_id": str(ORDER), "payment_id": str(Id(int=20))},
    ("orders.order", "auto_cancelled"): {"order_id": str(ORDER)},
    ("orders.order", "cancelled"): {"order_id": str(ORDER), "by": "buyer"},
    ("orders.seller_order", "acceptance_awaited"): {
        "seller_order_id": str(SELLER_ORDER),
        "order_id": str(ORDER),
        "seller_id": str(SELLER),
        "accept_by": "2026-11-24T22:59:59Z",
    },
    ("aftersales.case", "authorised"): {
        "case_id": str(Id(int=30)),
        "order_id": str(ORDER),
        "seller_order_id": str(SELLER_ORDER),
        "seller_id": str(SELLER),
        "buyer_id": str(BUYER),
        "rma": "RMA-7K3F-92QD",
        "checklist": ["data_backup", "account_logout"],
        "send_until": "2027-01-13T22:59:59Z",
    },
    ("orders.seller_order", "ready_to_ship"): {
        "seller_order_id": str(SELLER_ORDER),
        "order_id": str(ORDER),
        "seller_id": str(SELLER),
        "buyer_id": str(BUYER),
        "number": "100042-1",
        "ship_by": "2026-11-24T22:59:59Z",
    },
    ("orders.seller_order", "cancellation_asked"): {**_PART, "answer_by": "2026-11-25T09:00:00Z"},
    ("orders.seller_order", "cancellation_declined"): {**_PART, "reason": "no_answer"},
    ("orders.seller_order", "delay_announced"): {
        **_PART,
        "reason": "busy_period",
        "expected_on": "2026-11-30",
        "excused": False,
    },
    ("orders.seller_order", "late"): {
        **_PART,
        "ship_by": "2026-11-24T22:59:59Z",
        "buyer_may_cancel_from": "2026-11-26T23:00:00Z",
    },
    ("orders.seller_order", "shipped"): {
        "seller_order_id": str(SELLER_ORDER),
        "order_id": str(ORDER),
        "shipment_id": str(Id(int=30)),
        "declined_cancellation": True,
    },
    ("orders.seller_order", "cancelled"): {
        "seller_order_id": str(SELLER_ORDER),
        "order_id": str(ORDER),
        "reason": "not_paid",
    },
    ("orders.shipment", "dispatched"): {
        "shipment_id": str(Id(int=30)),
        "seller_order_id": str(SELLER_ORDER),
        "order_id": str(ORDER),
        "seller_id": str(SELLER),
        "buyer_id": str(BUYER),
        "carrier": "colissimo",
        "tracking_number": "6A12345678901",
    },
    ("orders.seller_order", "address_change_asked"): {**_PARCEL, "answer_by": "2026-11-24T09:00:00Z"},
    ("orders.seller_order", "address_changed"): {**_PARCEL, "was_asked": True, "delivery_country": "FR"},
    ("orders.seller_order", "address_change_refused"): {**_PARCEL, "reason": "unanswered"},
    ("orders.shipment", "delivery_failed"): {**_PARCEL, "reason": "nobody_there", "failed_attempts": 1},
    ("orders.shipment", "redelivery_asked"): {**_PARCEL, "asked_at": "2026-11-24T09:00:00Z"},
    ("orders.shipment", "returned"): {**_PARCEL, "reason": "refused", "lines": []},
    ("orders.shipment", "lost"): {**_PARCEL, "reason": "no_scan", "lines": []},
    ("payments.payment", "partially_paid"): {
        "payment_id": str(Id(int=20)),
        "order_id": str(ORDER),
        "received": euro(50_000),
        "missing": euro(44_548),
    },
    ("payments.card_payment", "capture_failed"): {
        "card_payment_id": str(Id(int=21)),
        "payment_id": str(Id(int=20)),
        "order_id": str(ORDER),
        "seller_order_id": str(Id(int=22)),
        "shipment_id": str(Id(int=23)),
        "reason": "declined",
    },
    ("payments.invoice", "issued"): {
        "invoice_id": str(Id(int=40)),
        "number": "RCDT-2026-000042",
        "kind": "380",
        "seller_id": str(SELLER),
        "buyer_id": str(BUYER),
        "order_id": str(ORDER),
        "seller_order_id": str(SELLER_ORDER),
        "totals": {"net": euro(78_790), "vat": euro(15_758), "gross": euro(94_548)},
    },
    ("payments.contest", "opened"): {
        "contest_id": str(Id(int=41)),
        "invoice_id": str(Id(int=40)),
        "number": "RCDT-2026-000042",
        "order_id": str(ORDER),
        "seller_id": str(SELLER),
        "buyer_id": str(BUYER),
        "reason": "buyer_data",
    },
    ("payments.contest", "dismissed"): {
        "contest_id": str(Id(int=41)),
        "invoice_id": str(Id(int=40)),
        "number": "RCDT-2026-000042",
        "order_id": str(ORDER),
        "seller_id": str(SELLER),
        "reason": "document_is_right",
    },
    ("payments.refund", "created"): {
        "refund_id": str(Id(int=50)),
        "order_id": str(ORDER),
        "buyer_id": str(BUYER),
        "seller_order_id": str(SELLER_ORDER),
        "amount": euro(94_548),
        "cause": "out_of_stock",
        "means": "bank_transfer",
        "due_at": "2026-12-07T22:59:59Z",
    },
    ("payments.refund", "settled"): {
        "refund_id": str(Id(int=50)),
        "order_id": str(ORDER),
        "buyer_id": str(BUYER),
        "amount": euro(1_250),
    },
    ("payments.payout", "settled"): {
        "payout_id": str(Id(int=60)),
        "seller_id": str(SELLER),
        "amount": euro(123_450),
    },
    ("aftersales.coverage", "opened"): {
        "shipment_id": str(Id(int=30)),
        "seller_order_id": str(SELLER_ORDER),
        "order_id": str(ORDER),
        "buyer_id": str(BUYER),
        "seller_id": str(SELLER),
        "delivered_at": "2026-11-25T10:30:00Z",
        "damage_until": "2026-11-28T22:59:59Z",
        "claim_until": "2026-11-30T22:59:59Z",
    },
}


# What is told of a part that was paid, beside the unpaid one above.
A_PAID_PART_ENDED: dict[str, Any] = {
    **EVENTS["orders.seller_order", "cancelled"],
    "reason": "out_of_stock",
    "number": "100042-1",
    "seller_id": str(SELLER),
    "buyer_id": str(BUYER),
    "offer_ids": [str(Id(int=60))],
    "gross": euro(94_548),
    "by": "seller",
    "secured_at": "2026-11-24T09:00:00Z",
}


def a_message(topic: str, name: str, data: dict[str, Any] | None = None, event_id: Id | None = None) -> Message:
    """An event as the consumer hands it over."""
    return Message(
        topic=topic,
        partition=0,
        offset=0,
        event_id=event_id or new_id(),
        type=f"{topic}.{name}.v1",
        aggregate_id=new_id(),
        seq=1,
        occurred_at=datetime(2026, 11, 27, 9, 0, tzinfo=UTC),
        data=EVENTS[topic, name] if data is None else data,
        headers={},
        body=b"",
    )


def public(event: DomainEvent) -> dict[str, Any]:
    """The public data of an event, as others read it."""
    return outbound(event).data
