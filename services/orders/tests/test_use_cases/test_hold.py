"""The payment hold: reminded, paid, cancelled or expired; exactly one of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.kernel.ids import new_id
from orders.domain import events
from orders.domain.errors import CancellationNotSelfService, OrderMoveRefused, OrderNotFound
from orders.domain.order import Order, OrderState
from orders.domain.seller_order import SellerOrderState
from orders.use_cases.auto_cancel_order import AutoCancelOrder, auto_cancel_order
from orders.use_cases.cancel_order import CancelOrder, cancel_order
from orders.use_cases.expire_hold import ExpireHold, expire_hold
from orders.use_cases.prepare_purchase_order import PreparePurchaseOrder, prepare_purchase_order
from orders.use_cases.record_partial_payment import RecordPartialPayment, record_partial_payment
from orders.use_cases.record_payment_opened import RecordPaymentOpened, record_payment_opened
from orders.use_cases.remind_buyer import RemindBuyer, remind_buyer
from orders.use_cases.secure_order import SecureOrder, secure_order
from orders.use_cases.store_purchase_order import StorePurchaseOrder, store_purchase_order
from services.orders.tests.builders import (
    BUYER,
    NOW,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_party,
    a_seller_order,
    an_order,
    instructions_for,
)


def held(state: OrderState = OrderState.AWAITING_PAYMENT) -> tuple[Order, MemoryOrdersUnitOfWork]:
    order = an_order(state)
    return order, MemoryOrdersUnitOfWork(
        order, parts=[a_seller_order(order)], parties=(a_party(), a_party(SELLER)), rules=RULES
    )


def secured(order: Order) -> SecureOrder:
    return SecureOrder(order.id, new_id(), NOW)


@pytest.mark.parametrize("state", [OrderState.AWAITING_PAYMENT, OrderState.PARTIALLY_PAID, OrderState.EXPIRY_PENDING])
async def test_money_secures_the_order_and_sets_the_sellers_to_work(state: OrderState) -> None:
    order, uow = held(state)
    await uow.timers.set("hold_expiry", order.id, NOW)
    await uow.timers.set("hold_reminder", order.id, NOW)
    await secure_order(secured(order), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.IN_FULFILMENT
    (part,) = uow.seller_orders.rows.values()
    assert part.state is SellerOrderState.TO_SHIP
    assert part.ship_by is not None
    assert [type(event) for event in uow.events] == [
        events.OrderSecured,
        events.SellerOrderReadyToShip,
        events.OrderProgressed,
    ]
    assert set(uow.timers.open) == {("late_shipment", part.id)}


@pytest.mark.parametrize("state", [OrderState.AUTO_CANCELLED, OrderState.CANCELLED_BY_BUYER, OrderState.SECURED])
async def test_money_for_an_order_that_cannot_take_it_changes_nothing_and_is_told_in_the_history(
    state: OrderState,
) -> None:
    order, uow = held(state)
    await secure_order(secured(order), uow, NOW)
    assert uow.orders.rows[order.id] == order
    assert not uow.events
    assert uow.moves() == ["late_payment_ignored"]


async def test_a_market_with_manual_acceptance_asks_the_seller_first() -> None:
    order, uow = held()
    uow.rules.rules = replace(RULES, acceptance="manual")
    await secure_order(secured(order), uow, NOW)
    (part,) = uow.seller_orders.rows.values()
    assert part.state is SellerOrderState.AWAITING_ACCEPTANCE
    assert uow.orders.rows[order.id].state is OrderState.SECURED


async def test_open_vat_gets_a_deadline_when_the_order_is_paid() -> None:
    order = an_order()
    part = a_seller_order(order, vat_hold_reason="buyer_vat_unchecked")
    uow = MemoryOrdersUnitOfWork(order, parts=[part])
    await secure_order(secured(order), uow, NOW)
    # One business day, same time of day.
    assert uow.timers.due("vat_hold", part.id) == NOW + timedelta(days=1)


async def test_the_deadline_only_asks_payments_and_cancels_nothing() -> None:
    order, uow = held()
    await expire_hold(ExpireHold(order.id), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.EXPIRY_PENDING
    (part,) = uow.seller_orders.rows.values()
    assert part.state is SellerOrderState.AWAITING_PAYMENT
    assert [type(event) for event in uow.events] == [events.OrderExpiring]


async def test_not_paid_ends_an_order_that_asked() -> None:
    order, uow = held(OrderState.EXPIRY_PENDING)
    await auto_cancel_order(AutoCancelOrder(order.id), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.AUTO_CANCELLED
    (part,) = uow.seller_orders.rows.values()
    assert (part.state, part.cancel_reason) == (SellerOrderState.CANCELLED, "not_paid")


async def test_not_paid_never_ends_an_order_that_did_not_ask() -> None:
    order, uow = held()
    await auto_cancel_order(AutoCancelOrder(order.id), uow, NOW)
    assert uow.orders.rows[order.id] == order


async def test_a_deadline_that_comes_after_the_money_does_nothing() -> None:
    order, uow = held()
    await secure_order(secured(order), uow, NOW)
    state = uow.orders.rows[order.id].state
    await expire_hold(ExpireHold(order.id), uow, NOW)
    assert uow.orders.rows[order.id].state is state


async def test_a_part_of_the_money_does_not_move_the_deadline() -> None:
    order, uow = held()
    await record_partial_payment(RecordPartialPayment(order.id, 10_000), uow, NOW)
    after = uow.orders.rows[order.id]
    assert (after.state, after.hold) == (OrderState.PARTIALLY_PAID, order.hold)
    (told,) = uow.published(events.OrderPartiallyPaid)
    assert told.missing == 14_000


async def test_the_buyer_is_reminded_twice_and_never_after_paying() -> None:
    order, uow = held()
    await remind_buyer(RemindBuyer(order.id, 2), uow, NOW)
    assert order.hold is not None
    assert uow.timers.due("hold_reminder", order.id) == order.hold.reminders[1].at
    assert uow.timers.open["hold_reminder", order.id][1] == {"after_business_days": 4}
    await uow.timers.cancel("hold_reminder", order.id)
    await remind_buyer(RemindBuyer(order.id, 4), uow, NOW)
    assert uow.timers.due("hold_reminder", order.id) is None
    await secure_order(secured(order), uow, NOW)
    await remind_buyer(RemindBuyer(order.id, 4), uow, NOW)
    assert [event.after_business_days for event in uow.published(events.OrderPaymentReminded)] == [2, 4]


async def test_a_buyer_cancels_an_unpaid_order_and_its_parts_go_with_it() -> None:
    order, uow = held()
    await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_BY_BUYER
    assert [part.state for part in uow.seller_orders.rows.values()] == [SellerOrderState.CANCELLED]


@pytest.mark.parametrize("state", [OrderState.RESERVING, OrderState.EXPIRY_PENDING, OrderState.SECURED])
async def test_an_order_that_is_not_simply_unpaid_cannot_be_cancelled(state: OrderState) -> None:
    order, uow = held(state)
    with pytest.raises(OrderMoveRefused) as refused:
        await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)
    assert refused.value.facts["state"] == str(state)


async def test_another_buyers_order_is_not_there() -> None:
    order, uow = held()
    with pytest.raises(OrderNotFound):
        await cancel_order(CancelOrder(new_id(), order.id), uow, NOW)


async def test_a_market_may_send_the_buyer_to_support() -> None:
    order, uow = held()
    uow.rules.rules = replace(RULES, cancellation_while_unpaid="change_request")
    with pytest.raises(CancellationNotSelfService):
        await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)


async def test_the_purchase_order_is_made_once_the_account_is_known() -> None:
    order, uow = held()
    assert await prepare_purchase_order(PreparePurchaseOrder(order.id), uow, NOW) is None
    await record_payment_opened(RecordPaymentOpened(instructions_for(order)), uow, NOW)
    assert uow.timers.due("make_purchase_order", order.id) == NOW
    facts = await prepare_purchase_order(PreparePurchaseOrder(order.id), uow, NOW)
    assert facts is not None
    assert facts.buyer.company_id == BUYER
    await store_purchase_order(StorePurchaseOrder(order.id, b"%PDF"), uow, NOW)
    await store_purchase_order(StorePurchaseOrder(order.id, b"%PDF again"), uow, NOW)
    (told,) = uow.published(events.OrderPurchaseOrderReady)
    assert uow.records.documents[order.id, "purchase_order"].sha256 == told.sha256
    assert await prepare_purchase_order(PreparePurchaseOrder(order.id), uow, NOW) is None


async def test_the_holder_of_the_account_is_the_buyer_whom_no_topic_names() -> None:
    order, uow = held()
    told = replace(instructions_for(order), holder_name="")
    await record_payment_opened(RecordPaymentOpened(told), uow, NOW)
    facts = await prepare_purchase_order(PreparePurchaseOrder(order.id), uow, NOW)
    assert facts is not None
    assert facts.instructions.holder_name == facts.buyer.name


async def test_an_order_that_ended_gets_no_purchase_order() -> None:
    order, uow = held(OrderState.AUTO_CANCELLED)
    await record_payment_opened(RecordPaymentOpened(instructions_for(order)), uow, NOW)
    assert await prepare_purchase_order(PreparePurchaseOrder(order.id), uow, NOW) is None
    await store_purchase_order(StorePurchaseOrder(order.id, b"%PDF"), uow, NOW)
    assert not uow.records.documents
