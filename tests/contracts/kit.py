"""What there is to promise: the services as they are built, every event each can tell, and where the promises are kept."""

import json
from collections import defaultdict
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from chassis.kernel.audit_log import NOTHING_BEFORE, Act, Actor, EntryRecorded, sealed
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import new_id
from chassis.runner import Service
from chassis.settings import Settings
from chassis.testing.clock import START
from launcher.environment import environment_of
from launcher.ports import Ports

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")

# The field of the body that repeats the record's key, by topic; elsewhere it is called after the aggregate.
_KEYS = {
    "accounts.seller": "seller_id",
    "catalog.stock": "seller_id",
    "catalog.quote": "quote_request_id",
    "payments.ledger": "journal_id",
    "payments.settlement": "seller_order_id",
    "aftersales.coverage": "shipment_id",
}


@cache
def service(name: str) -> Service:
    """The service as its composition root makes it, with variables that lead nowhere."""
    nothing: dict[str, str] = defaultdict(lambda: "nothing")
    environment = environment_of(name, Ports(8080), nothing, ROOT / "markets", {})
    built: Service = import_module(f"{name}.main").build(Settings.read(environment))
    return built


def key_field(topic: str) -> str:
    """The field of the body with the aggregate's id."""
    return _KEYS.get(topic, f"{topic.partition('.')[2]}_id")


def topic_of(type: str) -> str:
    """`orders.order` for `orders.order.held.v1`."""
    return ".".join(type.split(".")[:2])


def schema_file(type: str) -> Path:
    """`contracts/events/orders/order.held.v1.schema.json` for `orders.order.held.v1`; `ce_dataschema` says the same."""
    source, _, name = type.partition(".")
    return CONTRACTS / "events" / source / f"{name}.schema.json"


def example_file(type: str) -> Path:
    """One real body of this type."""
    source, _, name = type.partition(".")
    return CONTRACTS / "events" / source / f"{name}.example.json"


def read(file: Path) -> Any:
    """A JSON file of the contracts."""
    return json.loads(file.read_text(encoding="utf-8"))


def promised_types(source: str) -> list[str]:
    """The types of a service that have a schema."""
    folder = CONTRACTS / "events" / source
    return sorted(f"{source}.{file.name.removesuffix('.schema.json')}" for file in folder.glob("*.schema.json"))


def types_of(topic: str) -> list[str]:
    """The promised types of a topic."""
    return [type for type in promised_types(topic.partition(".")[0]) if topic_of(type) == topic]


@cache
def events_of(name: str) -> tuple[DomainEvent, ...]:
    """At least one of every fact that a service can tell."""
    return (*_EVENTS[name](), _recorded())


def _recorded() -> DomainEvent:
    act = Act("approve_application", Actor("person", new_id(), "trust"), "seller", str(new_id()))
    entry = sealed(new_id(), 1, START, START, act, NOTHING_BEFORE)
    return EntryRecorded(aggregate_id=entry.chain_id, seq=1, act=act.code, hash=entry.hash, recorded_at=START)


def _accounts() -> list[DomainEvent]:
    from services.accounts.tests.test_messaging.test_outbound import SHAPES

    return [event for event, _, _ in SHAPES]


def _catalog() -> list[DomainEvent]:
    from catalog.domain import events
    from catalog.domain import stock_import_events as imports
    from catalog.domain.reservation import HeldLine, RefusedLine
    from catalog.domain.terms import Levy, LevyKind, Option, OptionKind
    from chassis.kernel.money import Money
    from services.catalog.tests.builders import LAPTOP, NOW, an_offer
    from services.catalog.tests.quote_builders import every_quote_event

    offer, order = an_offer(), new_id()
    product = offer.product
    attributes = (("keyboard_layout", "azerty_fr"), ("screen_inches", "13.3"), ("touchscreen", False))
    spec = replace(LAPTOP, launch_year=2020, gtin="4006381333931", mpn="20T0-S3A", attributes=attributes)
    laptop = replace(product, spec=spec)
    pushed = events.PushedLine(offer.id, offer.sku, 5, 3, 0, offer.price, "live")
    held = HeldLine(
        line_no=1,
        offer_id=offer.id,
        seller_id=offer.seller_id,
        sku=offer.sku,
        title="Apple iPhone 13 128GB 4GB RAM Blue",
        category="smartphone",
        grade=offer.grade,
        quantity=2,
        unit_price=offer.price,
        vat_regime=offer.vat_regime,
        ship_from=offer.ship_from,
        warranty_months=offer.warranty_months,
        dispatch_business_days=1,
        options=(Option("windows_11_pro", OptionKind.OPERATING_SYSTEM, "Windows 11 Pro", Money(2_500, "EUR")),),
        levies=(Levy(LevyKind.ECO_CONTRIBUTION, Money(12, "EUR")),),
    )
    shipping = ((offer.seller_id, offer.shipping_fee),)
    refused = RefusedLine(1, offer.id, 9, 3, "not_enough_stock")
    told = {"aggregate_id": new_id(), "seller_id": offer.seller_id}
    return [
        imports.ImportReceived(**told, seq=1, mode="full_sync", dry_run=False, rows=2_400, as_of=NOW),
        imports.ImportConfirmationAwaited(**told, seq=2, live=900, going=310),
        imports.ImportConfirmed(**told, seq=3, going=310),
        imports.ImportDone(**told, seq=4, counts={"updated": 2_390, "rejected": 10, "taken_offline": 310}),
        imports.ImportStarted(**told, seq=2),
        imports.ImportFailed(**told, seq=2, reason="seller_not_active"),
        imports.ImportCancelled(**told, seq=2, reason="by_seller"),
        events.StockPushed(aggregate_id=offer.seller_id, seq=1, push_id=new_id(), lines=(pushed,)),
        events.ReservationHeld(aggregate_id=order, seq=1, lines=(held,), shipping=shipping),
        events.ReservationRefused(aggregate_id=order, seq=1, lines=(refused,)),
        events.ReservationConsumed(aggregate_id=order, seq=2, at=NOW),
        events.ReservationReleased(aggregate_id=order, seq=2, reason="auto_cancelled"),
        *every_quote_event(),
        *_unit_events(),
        product.described(),
        laptop.described(),
        product.confirm()[1],
        product.correct(laptop.spec)[1],
        product.merge_into(replace(product, id=new_id()))[1],
    ]


def _unit_events() -> list[DomainEvent]:
    from catalog.domain.unit import MOVES, UnitState
    from services.catalog.tests.builders import a_unit

    unit = a_unit()
    serial = replace(unit, imei=None, serial="C02XK0A1JHD2", facts=replace(unit.facts, battery_health_percent=None))
    moves = [(move, state) for move, state in MOVES.moves if move != "describe"]
    return [
        unit.told("registered"),
        serial.told("registered"),
        unit.describe(unit.facts, unit.offer_id)[1],
        *(replace(unit, state=UnitState(state)).move(move)[1] for move, state in moves),
    ]


def _orders() -> list[DomainEvent]:
    from services.orders.tests.test_messaging.test_messages import every_event

    return every_event()


def _payments() -> list[DomainEvent]:
    from payments.domain.events import SettlementPaidOut
    from services.payments.tests.test_messaging.test_shapes import every_event

    return [*every_event(), SettlementPaidOut(aggregate_id=new_id(), seq=3, payout_id=new_id())]


def _aftersales() -> list[DomainEvent]:
    from aftersales.domain.coverage import new_coverage
    from services.aftersales.tests.builders import (
        CLOSES_AT,
        DELIVERED,
        SOLD,
        a_coverage,
        a_shipment,
        every_case_event,
        the_rules,
    )

    coverage = a_coverage(sold=())
    return [
        new_coverage(a_shipment(market="be-shop", to="BE"), DELIVERED, the_rules("be-shop"), SOLD)[1],
        new_coverage(a_shipment(), DELIVERED, the_rules(), ())[1],
        coverage.set_warranties(SOLD, the_rules())[1],
        coverage.close_claim_window(CLOSES_AT)[1],
        *every_case_event(),
    ]


def _gateway() -> list[DomainEvent]:
    from gateway.domain.delivery import FailureReason, Template, new_delivery

    delivery = new_delivery(Template.PURCHASE_ORDER, new_id(), {}, START, order_id=new_id())
    to_company = replace(delivery, company_id=new_id(), order_id=None)
    return [
        delivery.prepared(),
        to_company.prepared(),
        delivery.sent(new_id(), START)[1],
        to_company.sent(new_id(), START)[1],
        delivery.failed(FailureReason.REFUSED, START)[1],
        to_company.failed(FailureReason.NO_ADDRESS, START)[1],
    ]


_EVENTS = {
    "accounts": _accounts,
    "catalog": _catalog,
    "orders": _orders,
    "payments": _payments,
    "aftersales": _aftersales,
    "gateway": _gateway,
}
