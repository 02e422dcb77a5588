"""What comes in becomes a command, in whatever order topics arrive; what goes out has its public shape."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from catalog.messaging.inbound import handlers
from catalog.messaging.outbound import outbound
from catalog.use_cases.note_service import CountRecords, count_records
from catalog.use_cases.push_offers import push_offers
from chassis.db.outbox import PublicEvent
from chassis.kafka.inbox import Inbox
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from chassis.testing.broker import MemoryBroker

from ..builders import NOW, a_patch, a_push
from ..quote_builders import a_bid, a_request
from ..test_storage.test_reservations import assert_the_book_is_right

pytestmark = pytest.mark.storage


class Story:
    """Facts of other services, delivered through the real inbox."""

    def __init__(self, catalog: Any, seed: int = 0, repeats: float = 0.0) -> None:
        self.catalog = catalog
        self.inbox = Inbox(catalog.executor, "catalog", handlers())
        self.broker = MemoryBroker(seed, repeats=repeats)
        self.seqs: dict[Id, int] = {}
        for topic in self.inbox.topics:
            self.broker.subscribe(topic, lambda message: self.inbox.apply([message]))

    def tell(self, topic: str, name: str, id: Id, data: Mapping[str, Any]) -> None:
        self.seqs[id] = self.seqs.get(id, 0) + 1
        type = f"{topic}.{name}.v1"
        event = PublicEvent(
            topic=topic, type=type, aggregate_id=id, seq=self.seqs[id], data=dict(data), occurred_at=NOW
        )
        self.broker.publish(event, source=topic.split(".")[0])

    def order(self, name: str, id: Id, **data: Any) -> None:
        self.tell("orders.order", name, id, {"order_id": str(id), **data})


def placed(offer: Id, quantity: int, unit_price: Any = None) -> dict[str, Any]:
    line = {"line_no": 1, "offer_id": str(offer), "quantity": quantity, "unit_price": unit_price}
    return {
        "number": 100_001,
        "buyer_id": str(new_id()),
        "market": "fr-pro",
        "price_country": "FR",
        "currency": "EUR",
        "lines": [line],
    }


async def an_offer_of(story: Story, quantity: int) -> Id:
    seller = new_id()
    for name, more in [
        ("submitted", {"markets": ["fr-pro"]}),
        ("approved", {}),
        ("activated", {"markets": ["fr-pro"], "ship_from": ["BE"]}),
        ("changed", {"what": ["ship_from"], "ship_from": ["FR"]}),
    ]:
        story.tell("accounts.seller", name, seller, {"seller_id": str(seller), **more, "mandate_version": 1})
    await story.broker.deliver()
    push = a_push(seller, a_patch(quantity=quantity))
    (line,) = await story.catalog.executor.run(lambda uow, now: push_offers(push, uow, now))
    return Id(str(line.offer_id))


async def figures(story: Story) -> tuple[int, int, int]:
    ((available, held, sold),) = await story.catalog.rows("select available, held, sold from stock")
    return available, held, sold


@pytest.mark.parametrize(
    ("end", "more", "expected"),
    [
        ("secured", {"secured_at": "2026-11-21T10:00:00Z", "payment_id": str(new_id())}, (3, 0, 2)),
        ("cancelled", {"by": "buyer"}, (5, 0, 0)),
        ("auto_cancelled", {}, (5, 0, 0)),
        ("refused", {"reason": "vat"}, (5, 0, 0)),
    ],
)
async def test_an_order_holds_and_its_end_settles(
    catalog: Any, end: str, more: Any, expected: tuple[int, int, int]
) -> None:
    story = Story(catalog, repeats=0.5)
    offer, order = await an_offer_of(story, 5), new_id()
    story.order("placed", order, **placed(offer, 2))
    await story.broker.deliver()
    assert await figures(story) == (3, 2, 0)
    story.order("held", order)
    story.order(end, order, **more)
    story.order("in_fulfilment", order)
    await story.broker.deliver()
    assert await figures(story) == expected
    assert [event.seq for event in await catalog.events("catalog.reservation", order)] == [1, 2]


@pytest.mark.parametrize("seed", range(5))
async def test_many_orders_in_any_order_with_repeats_never_oversell(catalog: Any, seed: int) -> None:
    story = Story(catalog, seed, repeats=0.3)
    offer = await an_offer_of(story, 7)
    orders = [new_id() for _ in range(12)]
    for n, order in enumerate(orders):
        story.order("placed", order, **placed(offer, 1))
        if n % 2:
            story.order("cancelled", order, by="buyer")
        else:
            story.order("secured", order, secured_at="2026-11-21T10:00:00Z")
    await story.broker.deliver()
    available, held, sold = await figures(story)
    assert (available + sold, held) == (7, 0)
    consumed = [e for e in await catalog.events("catalog.reservation") if e.type.endswith("consumed.v1")]
    assert len(consumed) == sold


async def test_facts_of_no_interest_are_passed_over(catalog: Any) -> None:
    story = Story(catalog)
    story.order("completed", new_id())
    story.order("cancelled", new_id(), by="buyer")
    story.tell("accounts.seller", "renamed", new_id(), {})
    await story.broker.deliver()
    assert await catalog.rows("select 1 from reservations") == []


async def test_a_suspended_seller_sells_nothing_more(catalog: Any) -> None:
    story = Story(catalog)
    offer, order = await an_offer_of(story, 5), new_id()
    ((seller,),) = await catalog.rows("select id from sellers")
    story.tell("accounts.seller", "suspended", seller, {"seller_id": str(seller), "reason": "papers"})
    await story.broker.deliver()
    story.order("placed", order, **placed(offer, 1))
    await story.broker.deliver()
    (event,) = await catalog.events("catalog.reservation", order)
    assert event.data["lines"][0]["reason"] == "seller_not_active"


async def test_the_public_shape_of_a_hold(catalog: Any) -> None:
    story = Story(catalog)
    offer, order = await an_offer_of(story, 5), new_id()
    story.order("placed", order, **placed(offer, 2, {"amount": 38_900, "currency": "EUR"}))
    await story.broker.deliver()
    (event,) = await catalog.events("catalog.reservation", order)
    seller = event.data["shipping"][0]["seller_id"]
    assert event.data == {
        "reservation_id": str(order),
        "order_id": str(order),
        "lines": [
            {
                "line_no": 1,
                "offer_id": str(offer),
                "seller_id": seller,
                "sku": "A-1",
                "title": "Apple iPhone 13 128GB 4GB RAM Blue",
                "category": "smartphone",
                "grade": "good",
                "quantity": 2,
                "unit_price": {"amount": 38_900, "currency": "EUR"},
                "vat_regime": "normal",
                "ship_from": "FR",
                "warranty_months": 12,
                "dispatch_business_days": 1,
                "ready_on": None,
                "options": [],
                "levies": [],
            }
        ],
        "shipping": [{"seller_id": seller, "fee": {"amount": 990, "currency": "EUR"}}],
    }


async def test_the_public_shape_of_a_push(catalog: Any) -> None:
    story = Story(catalog)
    offer = await an_offer_of(story, 5)
    (event,) = await catalog.events("catalog.stock")
    assert event.type == "catalog.stock.pushed.v1"
    assert event.data["seller_id"] == str(event.aggregate_id)
    assert event.data["lines"] == [
        {
            "offer_id": str(offer),
            "sku": "A-1",
            "quantity": 5,
            "available": 5,
            "shortage": 0,
            "price": {"amount": 38_900, "currency": "EUR"},
            "state": "live",
        }
    ]


def test_a_fact_without_a_public_shape_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        outbound(DomainEvent(aggregate_id=new_id(), seq=1))


async def test_what_was_noted_in_words_goes_when_its_company_is_to_be_forgotten(catalog: Any) -> None:
    story = Story(catalog)
    buyer, seller = new_id(), await catalog.admit()
    asked = a_request(buyer_id=buyer, note="For Kim Petit, 3rd floor")
    answered = a_bid(seller_id=seller.id, quote_request_id=asked.id, note="Call Bo")

    async def keep(uow: Any, now: Any) -> None:
        await uow.quotes.requests.add(asked)
        await uow.quotes.bids.add(answered)

    await catalog.executor.run(keep)
    for company in (buyer, seller.id):
        erasure = new_id()
        requested = {"erasure_id": str(erasure), "company_id": str(company), "user_id": None}
        story.tell("accounts.erasure", "requested", erasure, requested)
    await story.broker.deliver()
    notes = await catalog.rows("select note from quote_requests union all select note from quote_bids")
    assert [row.note for row in notes] == [None, None]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("reason", "also", "free"),
    [
        ("price_error", {}, 5),
        ("out_of_stock", {}, 3),
        ("late_shipment", {"units_there": True}, 5),
        ("late_shipment", {"units_there": False}, 3),
    ],
)
async def test_a_paid_part_that_ends_frees_its_units_unless_they_were_never_there(
    catalog: Any, seed: int, reason: str, also: dict[str, bool], free: int
) -> None:
    """However late the news comes that its order was secured, which is told on another topic."""
    story = Story(catalog, seed=seed, repeats=0.5)
    offer, order, part = await an_offer_of(story, 5), new_id(), new_id()
    story.order("placed", order, **placed(offer, 2))
    await story.broker.deliver()
    secured_at = NOW.isoformat()
    ended = {"order_id": str(order), "reason": reason, "by": "seller", "secured_at": secured_at, **also}
    story.tell(
        "orders.seller_order", "cancelled", part, {**ended, "offer_ids": [str(offer)], "seller_order_id": str(part)}
    )
    story.order("secured", order, secured_at=secured_at)
    await story.broker.deliver()
    rows = await catalog.rows("select available, held, sold from stock where offer_id = :id", id=offer)
    assert [tuple(row) for row in rows] == [(free, 0, 5 - free)]
    await assert_the_book_is_right(catalog)


async def test_a_part_that_ends_unpaid_leaves_the_stock_to_its_order(catalog: Any) -> None:
    story = Story(catalog)
    offer, order, part = await an_offer_of(story, 5), new_id(), new_id()
    story.order("placed", order, **placed(offer, 2))
    ended = {"order_id": str(order), "reason": "not_paid", "by": None, "secured_at": None, "seller_order_id": str(part)}
    story.tell("orders.seller_order", "cancelled", part, {**ended, "offer_ids": [str(offer)]})
    await story.broker.deliver()
    rows = await catalog.rows("select available, held from stock where offer_id = :id", id=offer)
    assert [tuple(row) for row in rows] == [(3, 2)]


@pytest.mark.parametrize("excused", [True, False])
async def test_what_a_buyer_no_longer_waited_for_is_late_unless_the_delay_was_excused(
    catalog: Any, excused: bool
) -> None:
    story = Story(catalog)
    seller, part = new_id(), new_id()
    about = {"seller_order_id": str(part), "order_id": str(new_id())}
    ready = {**about, "seller_id": str(seller), "ship_by": (NOW - timedelta(days=2)).isoformat()}
    told = {**about, "reason": "busy_period", "expected_on": "2026-11-30", "excused": excused}
    ended = {**about, "reason": "late_shipment", "by": "buyer", "secured_at": NOW.isoformat(), "offer_ids": []}
    story.tell("orders.seller_order", "ready_to_ship", part, ready)
    story.tell("orders.seller_order", "delay_announced", part, told)
    story.tell("orders.seller_order", "cancelled", part, ended)
    await story.broker.deliver()
    await catalog.executor.run(partial(count_records, CountRecords(NOW.date())))
    rows = await catalog.rows("select due, late from seller_records where seller_id = :id", id=seller)
    assert [tuple(row) for row in rows] == ([] if excused else [(1, 1)])


async def test_an_order_that_its_buyer_ended_in_time_is_not_held_against_its_seller(catalog: Any) -> None:
    story = Story(catalog)
    seller = new_id()
    for by in ("buyer", "seller"):
        part = new_id()
        about = {"seller_order_id": str(part), "order_id": str(new_id())}
        ready = {**about, "seller_id": str(seller), "ship_by": (NOW - timedelta(days=2)).isoformat()}
        story.tell("orders.seller_order", "ready_to_ship", part, ready)
        ended = {**about, "reason": "cancelled_by_buyer", "by": by, "secured_at": NOW.isoformat(), "offer_ids": []}
        story.tell("orders.seller_order", "cancelled", part, ended)
    await story.broker.deliver()
    await catalog.executor.run(partial(count_records, CountRecords(NOW.date())))
    rows = await catalog.rows("select due, late from seller_records where seller_id = :id", id=seller)
    assert [tuple(row) for row in rows] == [(1, 1)]


@pytest.mark.parametrize("answer", ["address_changed", "address_change_refused"])
async def test_a_seller_that_was_asked_for_another_address_is_given_its_time_anew(catalog: Any, answer: str) -> None:
    story = Story(catalog, repeats=0.5)
    seller, part = new_id(), new_id()
    about = {"seller_order_id": str(part), "order_id": str(new_id()), "buyer_id": str(new_id())}
    first, then = NOW - timedelta(days=2), NOW + timedelta(hours=4)
    # Moved before it was paid, too: there was no time yet.
    story.tell("orders.seller_order", "address_changed", part, {**about, "was_asked": False, "ship_by": None})
    ready = {**about, "seller_id": str(seller), "ship_by": first.isoformat()}
    story.tell("orders.seller_order", "ready_to_ship", part, ready)
    asked = {**about, "was_asked": True, "reason": "refused", "delivery_country": "FR", "ship_by": then.isoformat()}
    story.tell("orders.seller_order", answer, part, asked)
    story.tell("orders.seller_order", "shipped", part, about)
    await story.broker.deliver()
    rows = await catalog.rows("select ship_by, shipped_at from seller_services where seller_order_id = :id", id=part)
    assert [tuple(row) for row in rows] == [(then, NOW)]


@pytest.mark.parametrize("seed", range(3))
async def test_how_a_seller_serves_is_the_same_in_whatever_order_facts_come_and_however_often(
    catalog: Any, seed: int
) -> None:
    story = Story(catalog, seed=seed, repeats=0.5)
    seller, order = new_id(), new_id()
    ready = {"seller_id": str(seller), "ship_by": (NOW - timedelta(hours=1)).isoformat()}
    for name, more in (("opened", {}), ("ready_to_ship", ready), ("shipped", {})):
        story.tell("orders.seller_order", name, order, {"seller_order_id": str(order), **more})
    for end in ("withdrawn", "expired", "rejected", "closed", "resolved"):
        case = new_id()
        for name in ("opened", end):
            told = {"seller_order_id": str(order), "seller_id": str(seller), "remedy": "repair"}
            story.tell("aftersales.case", name, case, told)
    await story.broker.deliver()
    rows = await catalog.rows("select seller_order_id, seller_id, ship_by, shipped_at, claims from seller_services")
    # Sent an hour late; of five claims only the one that was resolved stands.
    assert rows == [(order, seller, NOW - timedelta(hours=1), NOW, 1)]
