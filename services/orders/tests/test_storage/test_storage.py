"""Orders on a real database: saved by compare-and-set, one change at a time, and the history stays."""

import asyncio
import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id, new_id
from chassis.kernel.personal_data import Subject
from chassis.testing.migrations import differences
from chassis.testing.statements import sent_statements
from orders.domain.address_change import AddressAnswer, Taxed
from orders.domain.cancellation_request import CancellationRequest, DeclineReason, Delay, DelayReason, RequestState
from orders.domain.errors import OrderNotFound, SerialAlreadyShipped
from orders.domain.order import Order, OrderState
from orders.domain.pricing import LineVat, VatRow
from orders.domain.reservation import Refusal, RefusedLine
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.storage.personal_data import PERSONAL_DATA
from orders.storage.queries import OrderQueries
from orders.storage.tables import metadata
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.ports import OpenHolds, Wanted
from orders.use_cases.prepare_purchase_order import PreparePurchaseOrder, prepare_purchase_order
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from orders.use_cases.store_purchase_order import StorePurchaseOrder, store_purchase_order
from services.orders.tests.builders import (
    BUYER,
    NOW,
    RULES,
    SELLER,
    FixedRules,
    a_party,
    a_seller_order,
    a_shipment,
    a_sold_line,
    an_order,
    deliver_to,
    held_stock,
    two_units,
)
from services.orders.tests.conftest import OrdersInProcess

pytestmark = pytest.mark.storage

# Far from where the sequence counts.
NUMBERS = itertools.count(7_000_000)


def a_numbered_order(state: OrderState = OrderState.AWAITING_PAYMENT, **changes: object) -> Order:
    return an_order(state, number=next(NUMBERS), **changes)


def unit_of_work(connection: object) -> OrdersUnitOfWork:
    return OrdersUnitOfWork(connection, FixedRules(), lambda order_id: None)  # type: ignore[arg-type]


async def store(service: OrdersInProcess, order: Order, *parts: SellerOrder) -> None:
    async def insert(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.orders.add(order)
        if parts:
            await uow.seller_orders.add(*parts)

    await service.executor.run(insert)


async def test_the_migrations_make_what_the_code_says(engine: AsyncEngine) -> None:
    assert await differences(engine, metadata) == []


@pytest.mark.parametrize("state", list(OrderState))
async def test_an_order_comes_back_as_it_was_stored(service: OrdersInProcess, state: OrderState) -> None:
    refusal = Refusal("stock", (RefusedLine(1, new_id(), "not_enough_stock", 2, 1),))
    order = a_numbered_order(
        state, refusal=refusal if state is OrderState.REFUSED else None, buyer_reference="PO 7", received=3
    )
    await store(service, order)
    assert await service.order(order.id) == order


async def test_seller_orders_and_shipments_come_back_as_they_were_stored(service: OrdersInProcess) -> None:
    order = a_numbered_order()
    request = CancellationRequest(RequestState.DECLINED, NOW, NOW, NOW, DeclineReason.NO_ANSWER)
    delay = Delay(DelayReason.BUSY_PERIOD, NOW.date(), NOW, excused=True)
    part = a_seller_order(order, cancellation_request=request, delay=delay, late_at=NOW, free_from=NOW)
    shipment = a_shipment(part, tracking_number=str(order.number))
    await store(service, order, part)

    async def check(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.shipments.add(shipment)
        assert await uow.seller_orders.of_order(order.id) == [part]
        assert await uow.seller_orders.states_of_order(order.id) == [SellerOrderState.AWAITING_PAYMENT]
        assert await uow.shipments.find_parcel("dhl", str(order.number)) == shipment

    await service.executor.run(check)


async def test_where_a_part_goes_instead_comes_back_and_is_erased_with_its_buyer(service: OrdersInProcess) -> None:
    buyer_id = new_id()
    order = a_numbered_order(OrderState.IN_FULFILMENT, buyer_id=buyer_id)
    before = a_seller_order(order, SellerOrderState.TO_SHIP, ship_by=NOW)
    exempt = (a_sold_line(vat=LineVat("G", "0", "VATEX-EU-G", "V7", {})),)
    sums = replace(before.regimes[0], breakdown=(VatRow("G", "0", 20_000, 0),))
    asked, _ = before.ask_address_change(deliver_to("DE", "10115"), Taxed(exempt, (sums,)), NOW, at=NOW)
    moved, _ = asked.accept_address(AddressAnswer.ACCEPTED, RULES, at=NOW)
    await store(service, order, before)

    for kept in (asked, moved):

        async def keep(uow: OrdersUnitOfWork, now: datetime, kept: SellerOrder = kept) -> None:
            await uow.seller_orders.get(kept.id)
            await uow.seller_orders.save(kept)

        async def check(uow: OrdersUnitOfWork, now: datetime, kept: SellerOrder = kept) -> None:
            assert await uow.seller_orders.get(kept.id) == kept

        await service.executor.run(keep)
        await service.executor.run(check)

    async def erase(uow: OrdersUnitOfWork, now: datetime) -> None:
        shown = await PERSONAL_DATA.export(uow.connection, Subject(moved.seller_id))
        assert all("moved_to" not in row and "address_change" not in row for row in shown["seller_orders"])
        await PERSONAL_DATA.erase(uow, Subject(buyer_id), now)

    async def look(uow: OrdersUnitOfWork, now: datetime) -> None:
        gone = replace(deliver_to("DE", ""), company="erased", street="erased", city="erased", contact_phone=None)
        found = await uow.seller_orders.get(moved.id)
        assert found.address_change is not None
        assert (found.moved_to, found.address_change.deliver_to, found.lines) == (gone, gone, exempt)

    await service.executor.run(erase)
    await service.executor.run(look)


async def test_a_save_over_somebody_elses_save_is_refused(service: OrdersInProcess) -> None:
    order = a_numbered_order()
    await store(service, order)
    async with service.engine.begin() as first, service.engine.begin() as second:
        ours, theirs = unit_of_work(first), unit_of_work(second)
        loaded, _ = (await ours.orders.get(order.id)).expire(at=NOW)
        rival, _ = (await theirs.orders.get(order.id)).cancel(at=NOW)
        await ours.orders.save(loaded)
        await first.commit()
        with pytest.raises(StaleVersion):
            await theirs.orders.save(rival)
        await second.rollback()
    assert (await service.order(order.id)).state is OrderState.EXPIRY_PENDING


async def test_what_never_changes_is_never_written_again(service: OrdersInProcess) -> None:
    order = a_numbered_order()
    await store(service, order)

    async def tamper(uow: OrdersUnitOfWork, now: datetime) -> None:
        loaded = await uow.orders.get(order.id)
        moved, _ = loaded.expire(at=NOW)
        await uow.orders.save(replace(moved, currency="DKK", lines=()))

    await service.executor.run(tamper)
    stored = await service.order(order.id)
    assert (stored.state, stored.currency, stored.lines) == (OrderState.EXPIRY_PENDING, "EUR", order.lines)


async def test_payment_and_deadline_side_by_side_leave_exactly_one_outcome(service: OrdersInProcess) -> None:
    orders = [a_numbered_order() for _ in range(20)]
    for order in orders:
        await store(service, order, a_seller_order(order))
    for order in orders:
        not_paid = {"payment_id": str(new_id()), "order_id": str(order.id)}
        await asyncio.gather(
            service.hear("payments.payment", "not_paid", not_paid),
            service.secure(order.id),
            service.secure(order.id),
        )
        assert await service.published(order.id) == ["secured", "in_fulfilment"]


async def test_two_shipments_never_carry_the_same_device(service: OrdersInProcess) -> None:
    parts = []
    for _ in range(2):
        order = a_numbered_order(OrderState.IN_FULFILMENT)
        part = a_seller_order(order, SellerOrderState.TO_SHIP)
        await store(service, order, part)
        parts.append(part)
    results = await asyncio.gather(
        *(
            service.run(ship_seller_order, ShipSellerOrder(SELLER, part.id, "dhl", part.number, two_units()))
            for part in parts
        ),
        return_exceptions=True,
    )
    assert [type(result) for result in results if isinstance(result, Exception)] == [SerialAlreadyShipped]
    async with service.engine.connect() as connection:
        shipped = await connection.execute(text("select count(distinct shipment_id), count(*) from shipped_units"))
        assert tuple(shipped.one()) == (1, 2)


async def test_the_database_itself_refuses_a_device_twice(service: OrdersInProcess) -> None:
    order = a_numbered_order()
    part = a_seller_order(order)
    shipment = a_shipment(part, tracking_number=str(order.number))
    await store(service, order, part)

    async def add(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.shipments.add(shipment)

    await service.executor.run(add)
    again = text("insert into shipped_units (number, shipment_id) values ('AB123', :id), ('AB123', :id)")
    with pytest.raises(IntegrityError):
        async with service.engine.begin() as connection:
            await connection.execute(again, {"id": shipment.id})


@pytest.mark.parametrize("statement", ["delete from order_history", "update order_history set actor = 'nobody'"])
async def test_history_cannot_be_changed(service: OrdersInProcess, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with service.engine.begin() as connection:
            await connection.execute(text(statement))


async def test_open_holds_count_unpaid_orders_of_one_buyer(service: OrdersInProcess) -> None:
    buyer = new_id()
    mine = [
        a_numbered_order(state, buyer_id=buyer)
        for state in (OrderState.RESERVING, OrderState.PARTIALLY_PAID, OrderState.SECURED, OrderState.REFUSED)
    ]
    for order in (*mine, a_numbered_order()):
        await store(service, order)

    async def read(uow: OrdersUnitOfWork, now: datetime) -> tuple[OpenHolds, OpenHolds, OpenHolds]:
        return (
            await uow.orders.open_holds(buyer, "EUR"),
            await uow.orders.open_holds(buyer, "DKK"),
            await uow.orders.open_holds(buyer, "EUR", besides=mine[1].id),
        )

    everything, other_currency, without = await service.executor.run(read)
    assert everything == OpenHolds(4, 24_000)
    assert other_currency == OpenHolds(4, 0)
    assert without == OpenHolds(2, 0)


async def test_a_waiting_hold_and_a_snapshot_come_back_as_they_were_stored(service: OrdersInProcess) -> None:
    order = a_numbered_order(OrderState.RESERVING)
    await store(service, order)
    company, held = new_id(), held_stock(order.id, fee=990)

    async def check(uow: OrdersUnitOfWork, now: datetime) -> None:
        await uow.pending_holds.keep(held, [company])
        await uow.pending_holds.keep(held, [company])
        assert await uow.pending_holds.waiting_for(company) == [held]
        await uow.pending_holds.drop(order.id)
        assert await uow.pending_holds.waiting_for(company) == []
        await uow.parties.keep(replace(a_party(company), version=3), now)
        await uow.parties.keep(replace(a_party(company, status="invalid"), version=2), now)
        assert await uow.parties.get_many([company]) == [replace(a_party(company), version=3)]

    await service.executor.run(check)


async def test_numbers_rise_and_never_repeat(service: OrdersInProcess) -> None:
    async def take(uow: OrdersUnitOfWork, now: datetime) -> int:
        return await uow.orders.next_number()

    numbers = [await service.executor.run(take) for _ in range(3)]
    assert numbers[0] > 100_000
    assert numbers == sorted(set(numbers))


async def test_lists_go_on_where_they_stopped(service: OrdersInProcess) -> None:
    buyer, queries = new_id(), OrderQueries(service.engine)
    orders = [
        a_numbered_order(buyer_id=buyer, placed_at=NOW + timedelta(hours=n), updated_at=NOW - timedelta(hours=n))
        for n in range(5)
    ]
    for order in orders:
        await store(service, order)
    newest = await queries.orders(buyer, Wanted(limit=2))
    assert [order.id for order in newest] == [order.id for order in reversed(orders)][:3]
    last = newest[1]
    rest = await queries.orders(buyer, Wanted(limit=10, after=(last.placed_at, last.id)))
    assert [order.id for order in rest] == [orders[2].id, orders[1].id, orders[0].id]
    since = NOW - timedelta(hours=3)
    feed = await queries.orders(buyer, Wanted(limit=10, updated_since=since))
    assert [order.id for order in feed] == [orders[n].id for n in (3, 2, 1, 0)]
    later = await queries.orders(buyer, Wanted(limit=10, updated_since=since, after=(feed[1].updated_at, feed[1].id)))
    assert [order.id for order in later] == [orders[1].id, orders[0].id]


async def test_only_answered_orders_are_settled(service: OrdersInProcess) -> None:
    waiting, answered = a_numbered_order(OrderState.RESERVING), a_numbered_order(OrderState.REFUSED)
    await store(service, waiting)
    await store(service, answered)
    queries = OrderQueries(service.engine)
    assert await queries.settled([waiting.id, answered.id, new_id()]) == [answered.id]


async def test_another_buyers_order_is_not_there(service: OrdersInProcess) -> None:
    order = a_numbered_order()
    await store(service, order)
    queries = OrderQueries(service.engine)
    assert (await queries.order(order.id, BUYER)).order == order
    assert (await queries.order(order.id, None)).order == order
    for buyer_id in (SELLER, Id(int=0)):
        with pytest.raises(OrderNotFound):
            await queries.order(order.id, buyer_id)


async def test_many_papers_cost_as_many_statements_as_one(service: OrdersInProcess, engine: AsyncEngine) -> None:
    await service.know_parties()

    async def statements(count: int) -> int:
        ids = []
        for _ in range(count):
            order = a_numbered_order()
            await store(service, order, a_seller_order(order))
            await service.open_payment(order)
            ids.append(order.id)
        with sent_statements(engine) as counted:
            ready = await asyncio.gather(*(service.run(prepare_purchase_order, PreparePurchaseOrder(id)) for id in ids))
            await asyncio.gather(*(service.run(store_purchase_order, StorePurchaseOrder(id, b"%PDF")) for id in ids))
        assert [facts.order.id for facts in ready] == ids
        assert [len(facts.seller_orders) for facts in ready] == [1] * count
        for id in ids:
            assert (await service.published(id))[-1] == "purchase_order_ready"
            assert await service.run(prepare_purchase_order, PreparePurchaseOrder(id)) is None, "there already"
        return len(counted)

    assert await statements(7) == await statements(1)
