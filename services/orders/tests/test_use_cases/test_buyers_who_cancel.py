"""A buyer wants to be free of what it has paid: at once, with its seller's consent, or when the parcel is late enough."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.cancellation import LATE_SHIPMENT
from orders.domain.cancellation_request import CancellationRequest, DeclineReason, DelayReason, RequestState
from orders.domain.errors import (
    CancellationAskedAlready,
    CancellationByWithdrawalOnly,
    CancellationNotAsked,
    DelayEndsInThePast,
    NothingToCancel,
    OrderMoveRefused,
    OrderNotFound,
    SellerOrderMoveRefused,
    SellerOrderNotFound,
)
from orders.domain.order import CAPTURE_AT_DISPATCH, Order, OrderState
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.use_cases.announce_delay import AnnounceDelay, announce_delay
from orders.use_cases.answer_cancellation import AnswerCancellation, answer_cancellation
from orders.use_cases.ask_cancellation import AskCancellation, ask_cancellation
from orders.use_cases.cancel_order import CancelOrder, cancel_order
from orders.use_cases.cancel_seller_order import CancelSellerOrder, cancel_seller_order
from orders.use_cases.dispatch_shipment import DispatchShipment, dispatch_shipment
from orders.use_cases.lapse_cancellation import LapseCancellation, lapse_cancellation
from orders.use_cases.mark_late import MarkLate, mark_late
from orders.use_cases.secure_order import SecureOrder, secure_order
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from orders.use_cases.withdraw_shipment import WithdrawShipment, withdraw_shipment
from services.orders.tests.builders import (
    BUYER,
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_seller_order,
    an_order,
    two_units,
)
from services.orders.tests.test_use_cases.test_cancellations import paid

S = SellerOrderState
BY_ITSELF = replace(RULES, cancellation_while_paid="self_service_until_shipment")
# Paid on a Monday at 10:00 in Paris it leaves the same day; an answer is due a business day later at the same time.
SHIP_BY = datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)
ANSWER_BY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# Two business days after Monday end with Wednesday; the buyer is free in the second that follows.
FREE_FROM = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)


def asks(order: Order, part: SellerOrder | None = None, buyer_id: Id = BUYER) -> AskCancellation:
    return AskCancellation(buyer_id, order.id, part and part.id)


def answers(part: SellerOrder, *, accepts: bool) -> AnswerCancellation:
    return AnswerCancellation(part.seller_id, part.id, accepts)


def request_of(uow: MemoryOrdersUnitOfWork, part: SellerOrder) -> CancellationRequest:
    request = uow.seller_orders.rows[part.id].cancellation_request
    assert request is not None
    return request


def parcel_of(part: SellerOrder) -> ShipSellerOrder:
    return ShipSellerOrder(part.seller_id, part.id, "DHL", "JD0001", two_units())


async def asked(state: S = S.TO_SHIP, rules: OrderRules = RULES) -> tuple[Order, SellerOrder, MemoryOrdersUnitOfWork]:
    order, (part,), uow = paid(state=state, rules=rules)
    await ask_cancellation(asks(order, part), uow, NOW)
    return order, part, uow


@pytest.mark.parametrize("state", [S.TO_SHIP, S.AWAITING_ACCEPTANCE])
async def test_a_seller_is_asked_and_has_a_business_day(state: S) -> None:
    _, part, uow = await asked(state)
    after = uow.seller_orders.rows[part.id]
    assert (after.state, request_of(uow, part)) == (state, CancellationRequest(RequestState.OPEN, NOW, ANSWER_BY))
    assert uow.timers.due("cancellation_lapse", part.id) == ANSWER_BY
    (told,) = uow.published(events.SellerOrderCancellationAsked)
    assert (told.seller_id, told.buyer_id, told.answer_by, told.seq) == (SELLER, BUYER, ANSWER_BY, 2)


async def test_a_yes_ends_the_part_as_its_buyers_and_the_money_goes_back() -> None:
    order, part, uow = await asked()
    await answer_cancellation(answers(part, accepts=True), uow, NOW)
    after = uow.seller_orders.rows[part.id]
    assert (after.state, after.cancel_reason, after.cancelled_by) == (S.CANCELLED, "cancelled_by_buyer", "buyer")
    assert (request_of(uow, part).state, request_of(uow, part).answered_at) == (RequestState.ACCEPTED, NOW)
    (told,) = uow.published(events.SellerOrderCancelled)
    assert told.ended == events.EndOfPaid("buyer", NOW)
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION
    assert uow.timers.due("cancellation_lapse", part.id) is None
    assert uow.timers.due("late_shipment", part.id) is None


async def test_a_no_leaves_everything_as_it_was_and_stands() -> None:
    order, part, uow = await asked()
    await answer_cancellation(answers(part, accepts=False), uow, NOW)
    assert uow.seller_orders.rows[part.id].state is S.TO_SHIP
    assert request_of(uow, part).declined_because is DeclineReason.SELLER
    (told,) = uow.published(events.SellerOrderCancellationDeclined)
    assert (told.reason, told.buyer_id) == ("seller", BUYER)
    assert uow.timers.due("cancellation_lapse", part.id) is None
    with pytest.raises(CancellationAskedAlready) as refused:
        await ask_cancellation(asks(order, part), uow, NOW)
    assert refused.value.facts["answer"] == "declined"
    for accepts in (True, False):
        with pytest.raises(CancellationNotAsked):
            await answer_cancellation(answers(part, accepts=accepts), uow, NOW)


async def test_no_answer_is_a_no_once() -> None:
    _, part, uow = await asked()
    for _ in range(2):
        await lapse_cancellation(LapseCancellation(part.id), uow, ANSWER_BY)
    assert request_of(uow, part).declined_because is DeclineReason.NO_ANSWER
    assert [told.reason for told in uow.published(events.SellerOrderCancellationDeclined)] == ["no_answer"]


async def test_an_answer_is_not_overruled_by_its_deadline() -> None:
    _, part, uow = await asked()
    await answer_cancellation(answers(part, accepts=True), uow, NOW)
    await lapse_cancellation(LapseCancellation(part.id), uow, ANSWER_BY)
    assert uow.published(events.SellerOrderCancellationDeclined) == []


async def test_whoever_ships_answers_and_nothing_ends_any_more() -> None:
    order, part, uow = await asked()
    await ship_seller_order(parcel_of(part), uow, NOW)
    assert request_of(uow, part).declined_because is DeclineReason.SHIPPED
    (told,) = uow.published(events.SellerOrderShipped)
    assert told.declined_cancellation
    assert uow.timers.due("cancellation_lapse", part.id) is None
    await lapse_cancellation(LapseCancellation(part.id), uow, ANSWER_BY)
    for accepts in (True, False):
        with pytest.raises(SellerOrderMoveRefused):
            await answer_cancellation(answers(part, accepts=accepts), uow, NOW)
    with pytest.raises(SellerOrderMoveRefused):
        await ask_cancellation(asks(order, part), uow, NOW)


async def test_a_parcel_that_nobody_wanted_to_stop_answers_nothing() -> None:
    _, (part,), uow = paid()
    await ship_seller_order(parcel_of(part), uow, NOW)
    (told,) = uow.published(events.SellerOrderShipped)
    assert not told.declined_cancellation
    assert uow.seller_orders.rows[part.id].cancellation_request is None


async def announced() -> tuple[Order, SellerOrder, MemoryOrdersUnitOfWork, Id]:
    order = an_order(OrderState.IN_FULFILMENT, secured_at=NOW, capture=CAPTURE_AT_DISPATCH)
    part = a_seller_order(order, S.TO_SHIP, ship_by=SHIP_BY)
    uow = MemoryOrdersUnitOfWork(order, parts=[part])
    await ask_cancellation(asks(order, part), uow, NOW)
    return order, part, uow, await ship_seller_order(parcel_of(part), uow, NOW)


async def test_while_the_card_is_charged_the_wish_waits_and_the_parcel_that_leaves_answers_it() -> None:
    _, part, uow, shipment_id = await announced()
    assert uow.seller_orders.rows[part.id].has_open_request
    with pytest.raises(SellerOrderMoveRefused):
        await answer_cancellation(answers(part, accepts=True), uow, NOW)
    await dispatch_shipment(DispatchShipment(shipment_id), uow, NOW)
    assert request_of(uow, part).declined_because is DeclineReason.SHIPPED


async def test_a_parcel_whose_card_was_not_charged_leaves_the_wish_open() -> None:
    order, part, uow, shipment_id = await announced()
    await withdraw_shipment(WithdrawShipment(shipment_id, "declined"), uow, NOW)
    assert uow.timers.due("late_shipment", part.id) == SHIP_BY + timedelta(seconds=1)
    await answer_cancellation(answers(part, accepts=True), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION


async def test_no_answer_while_the_card_is_charged_is_a_no_too() -> None:
    _, part, uow, _ = await announced()
    await lapse_cancellation(LapseCancellation(part.id), uow, ANSWER_BY)
    assert request_of(uow, part).declined_because is DeclineReason.NO_ANSWER


async def test_what_its_seller_gives_up_meanwhile_needs_no_answer() -> None:
    _, part, uow = await asked()
    await cancel_seller_order(CancelSellerOrder(part.seller_id, part.id, "out_of_stock"), uow, NOW)
    assert request_of(uow, part).state is RequestState.OVERTAKEN
    assert uow.seller_orders.rows[part.id].cancelled_by == "seller"
    await lapse_cancellation(LapseCancellation(part.id), uow, ANSWER_BY)
    assert uow.published(events.SellerOrderCancellationDeclined) == []


async def test_where_nobody_is_asked_the_whole_order_ends_at_once() -> None:
    order, parts, uow = paid(SELLER, OTHER_SELLER, rules=BY_ITSELF)
    await ask_cancellation(asks(order), uow, NOW)
    assert {uow.seller_orders.rows[part.id].state for part in parts} == {S.CANCELLED}
    assert {told.reason for told in uow.published(events.SellerOrderCancelled)} == {"cancelled_by_buyer"}
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION
    with pytest.raises(NothingToCancel):
        await ask_cancellation(asks(order), uow, NOW)


async def test_what_has_left_does_not_keep_the_rest_of_an_order_from_ending() -> None:
    order, (part, other), uow = paid(SELLER, OTHER_SELLER, rules=BY_ITSELF)
    await ship_seller_order(parcel_of(part), uow, NOW)
    await ask_cancellation(asks(order), uow, NOW)
    assert [uow.seller_orders.rows[one.id].state for one in (part, other)] == [S.SHIPPED, S.CANCELLED]
    assert uow.orders.rows[order.id].state is OrderState.SHIPPED
    with pytest.raises(SellerOrderMoveRefused):
        await ask_cancellation(asks(order, part), uow, NOW)


async def test_of_a_whole_order_only_those_are_asked_who_were_not() -> None:
    order, (part, _), uow = paid(SELLER, OTHER_SELLER)
    await ask_cancellation(asks(order, part), uow, NOW)
    await ask_cancellation(asks(order), uow, NOW)
    assert [told.seller_id for told in uow.published(events.SellerOrderCancellationAsked)] == [SELLER, OTHER_SELLER]
    with pytest.raises(CancellationAskedAlready):
        await ask_cancellation(asks(order), uow, NOW)


async def test_where_what_is_paid_is_only_withdrawn_from_nobody_is_asked() -> None:
    order, (part,), uow = paid(rules=replace(RULES, cancellation_while_paid="withdrawal_only"))
    for command in (asks(order), asks(order, part)):
        with pytest.raises(CancellationByWithdrawalOnly):
            await ask_cancellation(command, uow, NOW)
    assert uow.moves() == []


async def test_another_companys_order_and_another_orders_part_are_not_there() -> None:
    order, _, uow = paid()
    with pytest.raises(OrderNotFound):
        await ask_cancellation(asks(order, buyer_id=OTHER_SELLER), uow, NOW)
    with pytest.raises(SellerOrderNotFound):
        await ask_cancellation(AskCancellation(BUYER, order.id, new_id()), uow, NOW)


async def test_another_seller_answers_nothing() -> None:
    _, part, uow = await asked()
    with pytest.raises(SellerOrderNotFound):
        await answer_cancellation(AnswerCancellation(OTHER_SELLER, part.id, accepts=True), uow, NOW)


async def test_an_unpaid_order_is_not_asked_about() -> None:
    order = an_order()
    uow = MemoryOrdersUnitOfWork(order, parts=[a_seller_order(order)])
    with pytest.raises(NothingToCancel) as refused:
        await ask_cancellation(asks(order), uow, NOW)
    assert refused.value.facts["state"] == "awaiting_payment"


async def test_who_cancels_a_paid_order_as_an_unpaid_one_is_told_where_to_ask() -> None:
    order, _, uow = paid()
    with pytest.raises(OrderMoveRefused) as refused:
        await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)
    assert "cancellation-requests" in refused.value.detail
    assert refused.value.facts["state"] == "in_fulfilment"


async def late(rules: OrderRules = RULES) -> tuple[Order, SellerOrder, MemoryOrdersUnitOfWork]:
    order = an_order()
    part = a_seller_order(order)
    uow = MemoryOrdersUnitOfWork(order, parts=[part], rules=rules)
    await secure_order(SecureOrder(order.id, new_id(), NOW), uow, NOW)
    due_at = uow.timers.due("late_shipment", part.id)
    assert due_at == SHIP_BY + timedelta(seconds=1)
    await mark_late(MarkLate(part.id), uow, due_at)
    return order, part, uow


async def test_what_should_have_left_is_late_once_and_both_hear_of_it() -> None:
    _, part, uow = await late()
    await mark_late(MarkLate(part.id), uow, FREE_FROM)
    after = uow.seller_orders.rows[part.id]
    assert (after.state, after.late_at, after.free_from) == (S.TO_SHIP, SHIP_BY + timedelta(seconds=1), FREE_FROM)
    (told,) = uow.published(events.SellerOrderLate)
    assert (told.seller_id, told.buyer_id) == (SELLER, BUYER)
    assert (told.ship_by, told.buyer_may_cancel_from) == (SHIP_BY, FREE_FROM)


@pytest.mark.parametrize("way", ["seller_consent", "change_request", "withdrawal_only"])
async def test_what_is_late_enough_ends_without_its_seller_whatever_the_market_says_otherwise(way: str) -> None:
    order, part, uow = await late(replace(RULES, cancellation_while_paid=way))
    await ask_cancellation(asks(order, part), uow, FREE_FROM)
    after = uow.seller_orders.rows[part.id]
    assert (after.state, after.cancel_reason, after.cancelled_by) == (S.CANCELLED, LATE_SHIPMENT, "buyer")
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION


async def test_a_second_too_early_its_seller_is_still_asked() -> None:
    order, part, uow = await late()
    await ask_cancellation(asks(order, part), uow, FREE_FROM - timedelta(seconds=1))
    assert uow.seller_orders.rows[part.id].has_open_request
    # And when the time has come, nobody waits for the answer any more.
    await ask_cancellation(asks(order, part), uow, FREE_FROM)
    assert uow.seller_orders.rows[part.id].cancel_reason == LATE_SHIPMENT
    assert request_of(uow, part).state is RequestState.OVERTAKEN


async def test_a_no_does_not_bind_a_buyer_for_ever() -> None:
    order, part, uow = await late()
    await ask_cancellation(asks(order, part), uow, SHIP_BY)
    await answer_cancellation(answers(part, accepts=False), uow, SHIP_BY)
    await ask_cancellation(asks(order), uow, FREE_FROM)
    assert uow.seller_orders.rows[part.id].state is S.CANCELLED
    assert request_of(uow, part).state is RequestState.DECLINED


async def test_what_has_left_is_not_late() -> None:
    _, (part,), uow = paid(ship_by=SHIP_BY)
    await ship_seller_order(parcel_of(part), uow, NOW)
    await mark_late(MarkLate(part.id), uow, FREE_FROM)
    assert uow.published(events.SellerOrderLate) == []
    assert uow.timers.due("late_shipment", part.id) is None


async def test_a_parcel_that_waits_for_its_card_is_late_only_if_it_stays() -> None:
    _, part, uow, shipment_id = await announced()
    await mark_late(MarkLate(part.id), uow, FREE_FROM)
    assert uow.published(events.SellerOrderLate) == []
    await withdraw_shipment(WithdrawShipment(shipment_id, "declined"), uow, FREE_FROM)
    await mark_late(MarkLate(part.id), uow, FREE_FROM)
    assert len(uow.published(events.SellerOrderLate)) == 1


def delays(part: SellerOrder, reason: DelayReason, days: int = 3) -> AnnounceDelay:
    return AnnounceDelay(part.seller_id, part.id, reason, NOW.date() + timedelta(days=days))


async def test_a_seller_tells_of_a_delay_and_promises_nothing_anew() -> None:
    _, (part,), uow = paid(ship_by=SHIP_BY)
    await announce_delay(delays(part, DelayReason.OUT_OF_STOCK), uow, NOW)
    after = uow.seller_orders.rows[part.id]
    assert (after.state, after.ship_by) == (S.TO_SHIP, SHIP_BY)
    (told,) = uow.published(events.SellerOrderDelayAnnounced)
    assert (told.reason, told.expected_on, told.excused) == ("out_of_stock", NOW.date() + timedelta(days=3), False)


@pytest.mark.parametrize("reason", list(DelayReason))
async def test_what_its_seller_waits_for_itself_is_not_for_sale_again(reason: DelayReason) -> None:
    order, (part,), uow = paid(rules=BY_ITSELF)
    await announce_delay(delays(part, reason), uow, NOW)
    await ask_cancellation(asks(order), uow, NOW)
    (told,) = uow.published(events.SellerOrderCancelled)
    assert (told.reason, told.units_there) == ("cancelled_by_buyer", reason is not DelayReason.OUT_OF_STOCK)


async def test_an_excuse_counts_where_it_is_told_in_time_and_is_not_taken_back() -> None:
    rules = replace(RULES, excused_delays=frozenset({DelayReason.BUSY_PERIOD}))
    _, (part,), uow = paid(ship_by=SHIP_BY, rules=rules)
    for reason, now in ((DelayReason.OTHER, NOW), (DelayReason.BUSY_PERIOD, SHIP_BY), (DelayReason.OTHER, FREE_FROM)):
        await announce_delay(delays(part, reason), uow, now)
    assert [told.excused for told in uow.published(events.SellerOrderDelayAnnounced)] == [False, True, True]
    _, (tardy,), uow = paid(ship_by=SHIP_BY, rules=rules)
    await announce_delay(delays(tardy, DelayReason.BUSY_PERIOD), uow, SHIP_BY + timedelta(seconds=1))
    assert [told.excused for told in uow.published(events.SellerOrderDelayAnnounced)] == [False]


async def test_a_delay_ends_on_a_day_to_come() -> None:
    _, (part,), uow = paid()
    await announce_delay(delays(part, DelayReason.OTHER, days=0), uow, NOW)
    with pytest.raises(DelayEndsInThePast):
        await announce_delay(delays(part, DelayReason.OTHER, days=-1), uow, NOW)


@pytest.mark.parametrize("state", sorted(set(S) - {S.TO_SHIP}))
async def test_only_of_what_is_there_to_be_shipped_a_delay_is_told(state: S) -> None:
    _, (part,), uow = paid(state=state)
    with pytest.raises(SellerOrderMoveRefused):
        await announce_delay(delays(part, DelayReason.OTHER), uow, NOW)
