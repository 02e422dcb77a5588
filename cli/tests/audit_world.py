"""A small platform in memory: one order of two phones, paid, shipped, delivered, paid out; every law holds there."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chassis.kernel.audit_log import NOTHING_BEFORE, Act, Actor, sealed, shown
from chassis.kernel.ids import Id
from regrade.audit.facts import (
    Allocation,
    AuditLog,
    BankLine,
    Book,
    Canaries,
    Event,
    Facts,
    HoldRule,
    Invoice,
    Journal,
    Movement,
    Order,
    OutboxRow,
    Paper,
    Payout,
    Picture,
    Posting,
    ProviderLine,
    Push,
    Refund,
    Reservation,
    SellerOrder,
    Shipment,
    Stand,
    Step,
    StockRow,
    VersionsTold,
)
from regrade.audit.law import Judgement, Law, Verdict, judge
from regrade.audit.registry import LAWS

# A Friday; five business days later is the Friday after.
PLACED = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOLD_UNTIL = datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)
NOW = datetime(2026, 12, 3, tzinfo=UTC)
# An operator who acted, and the log in which that stands.
ANNA, CHAIN = Id("019aa000-0000-7000-8000-00000000000a"), Id("019aa000-0000-7000-8000-00000000000c")
ACTED_AT = datetime(2026, 11, 21, 20, tzinfo=UTC)
UNITS = ("356771320869585", "353203074814347")
# 2 phones at 100.00 net; commission 10 % and 20 % VAT on it.
GROSS, FEE, FEE_VAT, EARNED = 20_000, 2_000, 400, 17_600


def journal(id: str, kind: str, cause: str, step: int, *lines: tuple[str, str, int]) -> Journal:
    """A journal in euro."""
    postings = tuple(Posting(account, side, minor, "EUR") for account, side, minor in lines)
    return Journal(id, kind, cause, None, postings, step)


JOURNALS = (
    journal(
        "j1",
        "P3_transfer_received",
        "bank_line/b1",
        1,
        ("psp.cash", "debit", GROSS),
        ("buyer.unapplied:buyer", "credit", GROSS),
    ),
    journal(
        "j2",
        "P3_transfer_matched",
        "bank_line/b1/o1",
        1,
        ("buyer.unapplied:buyer", "debit", GROSS),
        ("buyer.escrow:o1", "credit", GROSS),
    ),
    journal(
        "j3", "P4_shipped", "invoice/i1", 2, ("buyer.escrow:o1", "debit", GROSS), ("seller.pending:p1", "credit", GROSS)
    ),
    journal(
        "j4",
        "P5_commission",
        "seller_order/p1",
        2,
        ("seller.pending:p1", "debit", FEE + FEE_VAT),
        ("mkt.commission", "credit", FEE),
        ("mkt.vat_out", "credit", FEE_VAT),
    ),
    journal(
        "j5",
        "P6_released",
        "seller_order/p1",
        3,
        ("seller.pending:p1", "debit", EARNED),
        ("seller.available:seller", "credit", EARNED),
    ),
    journal(
        "j6",
        "P7_paid_out",
        "payout/y1",
        4,
        ("seller.available:seller", "debit", EARNED),
        ("psp.cash", "credit", EARNED),
    ),
    journal(
        "j7",
        "P7_commission_swept",
        "payout/y1",
        5,
        ("mkt.cash", "debit", FEE + FEE_VAT),
        ("psp.cash", "credit", FEE + FEE_VAT),
    ),
)
BALANCES = {
    ("psp.cash", "EUR"): 0,
    ("buyer.unapplied:buyer", "EUR"): 0,
    ("buyer.escrow:o1", "EUR"): 0,
    ("seller.pending:p1", "EUR"): 0,
    ("seller.available:seller", "EUR"): 0,
    ("mkt.commission", "EUR"): -FEE,
    ("mkt.vat_out", "EUR"): -FEE_VAT,
    ("mkt.cash", "EUR"): FEE + FEE_VAT,
}
ORDER = Order(
    id="o1",
    state="completed",
    market="fr-pro",
    policy_version="v1",
    units={"f1": 2},
    gross_minor=GROSS,
    held_at=PLACED,
    hold_until=HOLD_UNTIL,
)
INVOICE = Invoice(
    id="i1",
    number="SELL-2026-000001",
    seller_id="seller",
    series="SELL-2026",
    n=1,
    state="issued",
    regime="normal",
    seller_order_id="p1",
    shipment_id="h1",
    gross_minor=GROSS,
    sha256="good",
    hashes=("good", "good"),
    units=UNITS,
)
HISTORY = (
    Step("orders.order", "o1", "place", None, "reserving", 1),
    Step("orders.order", "o1", "hold", "reserving", "awaiting_payment", 2),
    Step("orders.order", "o1", "remind", "awaiting_payment", "awaiting_payment", 3),
    Step("orders.order", "o1", "late_payment_ignored", "awaiting_payment", "awaiting_payment", 3),
    Step("orders.order", "o1", "secure", "awaiting_payment", "secured", 4),
    Step("orders.order", "o1", "reach_completed", "secured", "completed", 5),
    Step("orders.seller_order", "p1", "open", None, "awaiting_payment", 1),
    Step("orders.seller_order", "p1", "make_ready", "awaiting_payment", "to_ship", 2),
    Step("orders.seller_order", "p1", "ship", "to_ship", "shipped", 3),
    Step("orders.seller_order", "p1", "deliver", "shipped", "delivered", 4),
    Step("orders.seller_order", "p1", "complete", "delivered", "completed", 5),
)
PICTURE = Picture(
    where="databases",
    now=NOW,
    orders=(ORDER,),
    seller_orders=(SellerOrder("p1", "o1", "seller", GROSS, {1: 2}, "completed"),),
    reservations=(Reservation("o1", "consumed", {"f1": 2}),),
    shipments=(Shipment("h1", "p1", {1: UNITS}),),
    invoices=(INVOICE,),
    papers=(Paper("purchase order of o1", "good", ("good",)),),
    book=Book("database", JOURNALS, BALANCES),
    payouts=(Payout("y1", "settled", "seller", EARNED, ("p1",)),),
    refunds=(),
    bank_lines=(BankLine("b1", "cr1", GROSS, "EUR", (Allocation("order", "o1", GROSS),)),),
    pushes=(Push("f1", 10, 10, 0),),
    movements=(
        Movement("f1", "pushed", 10, PLACED),
        Movement("f1", "held", 2, PLACED),
        Movement("f1", "sold", 2, PLACED),
    ),
    stock=(StockRow("f1", 10, 8, 0, 2, 0),),
    history=HISTORY,
)
PROVIDER = (
    ProviderLine("1", "credit", "bank", "w-buyer", GROSS, "EUR", "account/a1", "cr1"),
    ProviderLine("2", "transfer", "w-buyer", "w-seller", EARNED, "EUR", "settlement/p1", "t1"),
    ProviderLine("3", "payout.created", "w-seller", "in_transit", EARNED, "EUR", "y1", "po1"),
    ProviderLine("4", "payout.settled", "in_transit", "bank", EARNED, "EUR", "y1", "po1"),
    ProviderLine("5", "transfer", "w-buyer", "w-platform", FEE + FEE_VAT, "EUR", "commission/p1", "t2"),
)


def event(topic: str, key: str, name: str, seq: int, offset: int, data: Mapping[str, Any] | None = None) -> Event:
    """An event whose id follows from its story and place, as it lies on Kafka."""
    body = {"of": key, **(data or {})}
    fact = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    type = f"{topic}.{name}.v1"
    return Event(topic, 0, offset, offset, key, f"{key}/{seq}", type, seq, PLACED, body, fact, f"{type}/{seq}/{fact}")


def story(topic: str, key: str, *names: str) -> tuple[Event, ...]:
    """One aggregate's facts, one after the other."""
    return tuple(event(topic, key, name, seq, seq - 1) for seq, name in enumerate(names, start=1))


def entries(count: int = 4, chain: Id = CHAIN) -> list[dict[str, Any]]:
    """An audit log as its service makes it, with a reason that is not plain ASCII."""
    made: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        act = Act("approve_application", Actor("person", ANNA, "trust"), "seller", f"s{seq}", {"n": seq}, "vérifié ☂")
        before = made[-1]["hash"] if made else NOTHING_BEFORE
        made.append(json.loads(json.dumps(shown(sealed(chain, seq, ACTED_AT, ACTED_AT, act, before)))))
    return made


LOGGED = entries(1)
EVENTS = (
    *story("orders.order", "o1", "placed", "held", "purchase_order_ready", "secured", "in_fulfilment", "completed"),
    event("accounts.audit_log", str(CHAIN), "recorded", 1, 0, {"hash": LOGGED[0]["hash"]}),
    *story("payments.payout", "y1", "created", "sent", "settled"),
)


def facts_of(events: Iterable[Event] = EVENTS, picture: Picture = PICTURE, **changes: Any) -> Facts:
    """The platform as both sides tell it; what is not given is as it should be."""
    events = tuple(events)
    right = Facts(
        pictures=(picture,),
        books=(Book("topics", picture.book.journals), picture.book),
        events=events,
        outbox=tuple(OutboxRow("orders", e.topic, e.key, e.id, e.type, e.seq, e.fact, True) for e in EVENTS),
        versions=(
            VersionsTold(
                "the databases",
                ("orders.order", "payments.payout"),
                {("orders.order", "o1"): 6, ("payments.payout", "y1"): 3},
            ),
        ),
        audit_logs=(AuditLog("accounts", str(CHAIN), 1, LOGGED[0]["hash"], tuple(LOGGED)),),
        provider=PROVIDER,
        hold_rules={("fr-pro", "v1"): HoldRule("FR", 5)},
        stands=(Stand("orders"), Stand("payments")),
        canaries=Canaries(
            emails=frozenset({"jeanne@example.org"}),
            names=frozenset({"jeanne durand"}),
            ibans=frozenset({"FR7630004008112529917341095"}),
        ),
    )
    return replace(right, **changes)


def with_picture(**changes: Any) -> Facts:
    """The platform with something else in its picture."""
    return facts_of(picture=replace(PICTURE, **changes))


def with_journals(*journals: Journal, balances: Mapping[tuple[str, str], int] | None = None) -> Facts:
    """The platform with these books."""
    return with_picture(book=Book("database", journals, balances))


def with_provider(change: Callable[[ProviderLine], ProviderLine | None]) -> Facts:
    """The platform whose provider's journal is changed line by line; None drops a line."""
    return facts_of(provider=tuple(changed for line in PROVIDER if (changed := change(line)) is not None))


def a_refund(**changes: Any) -> Refund:
    """A refund of the one bank line."""
    return replace(Refund("r1", "created", 500, "o1", "b1", "overpaid"), **changes)


def the_law(id: str, words: str = "") -> Law:
    """The one law with this number whose sentence has these words."""
    (law,) = [law for law in LAWS if law.id == id and words in law.sentence]
    return law


def broken(id: str, words: str, facts: Facts) -> str:
    """What the law's smallest witness says; fails if the law is not broken."""
    judgement: Judgement = judge(the_law(id, words), facts)
    assert judgement.verdict is Verdict.VIOLATED, judgement
    assert judgement.witness is not None
    return judgement.witness.sentence


def verdict(id: str, words: str, facts: Facts) -> Verdict:
    """What comes of the law."""
    return judge(the_law(id, words), facts).verdict
