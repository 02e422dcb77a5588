"""A paid seller order ends before it ships: for which reasons, by whom, and what becomes of its order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.cancellation import reasons_of
from orders.domain.errors import (
    CancellationReasonNotAccepted,
    DelayComesFirst,
    SellerOrderMoveRefused,
    SellerOrderNotFound,
)
from orders.domain.order import Order, OrderState
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.use_cases.accept_seller_order import AcceptSellerOrder, accept_seller_order
from orders.use_cases.cancel_seller_order import CancelSellerOrder, cancel_seller_order
from orders.use_cases.lapse_acceptance import LapseAcceptance, lapse_acceptance
from orders.use_cases.secure_order import SecureOrder, secure_order
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from services.orders.tests.builders import (
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    TOTALS,
    MemoryOrdersUnitOfWork,
    a_seller_order,
    an_order,
    two_units,
)

S = SellerOrderState


def paid(
    *sellers: Id, state: S = S.TO_SHIP, rules: OrderRules = RULES, ship_by: datetime = NOW
) -> tuple[Order, list[SellerOrder], MemoryOrdersUnitOfWork]:
    of_order = OrderState.SECURED if state is S.AWAITING_ACCEPTANCE else OrderState.IN_FULFILMENT
    order = an_order(of_order, secured_at=NOW)
    parts = [a_seller_order(order, state, seller_id=seller, ship_by=ship_by) for seller in sellers or (SELLER,)]
    return order, parts, MemoryOrdersUnitOfWork(order, parts=parts, rules=rules)


def giving_up(part: SellerOrder, reason: str = "out_of_stock") -> CancelSellerOrder:
    return CancelSellerOrder(part.seller_id, part.id, reason)


async def test_a_seller_gives_up_its_part_and_the_world_hears_what_goes_back() -> None:
    order, (part, other), uow = paid(SELLER, OTHER_SELLER)
    await cancel_seller_order(giving_up(part), uow, NOW)
    after = uow.seller_orders.rows[part.id]
    assert (after.state, after.cancel_reason, after.cancelled_by) == (S.CANCELLED, "out_of_stock", "seller")
    (told,) = uow.published(events.SellerOrderCancelled)
    assert (told.seq, told.gross, told.currency, told.reason) == (2, TOTALS.gross, "EUR", "out_of_stock")
    assert told.ended == events.EndOfPaid("seller", NOW)
    assert told.offer_ids == (part.lines[0].offer_id,)
    # The other seller still delivers.
    assert uow.orders.rows[order.id].state is OrderState.IN_FULFILMENT
    assert uow.seller_orders.rows[other.id].state is S.TO_SHIP


async def test_a_paid_order_of_which_nothing_is_delivered_ends() -> None:
    order, parts, uow = paid(SELLER, OTHER_SELLER)
    for part in parts:
        await cancel_seller_order(giving_up(part), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION
    (told,) = uow.published(events.OrderProgressed)
    assert told.reached == "cancelled_exception"


async def test_what_left_already_decides_how_far_the_rest_of_the_order_is() -> None:
    order, (part, other), uow = paid(SELLER, OTHER_SELLER)
    await ship_seller_order(ShipSellerOrder(other.seller_id, other.id, "DHL", "JD0001", two_units()), uow, NOW)
    await cancel_seller_order(giving_up(part), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.SHIPPED


@pytest.mark.parametrize("state", sorted(set(S) - {S.TO_SHIP, S.AWAITING_ACCEPTANCE, S.ADDRESS_CHANGE_PENDING}))
async def test_what_is_unpaid_leaving_gone_or_ended_is_not_given_up(state: S) -> None:
    _, (part,), uow = paid(state=state)
    with pytest.raises(SellerOrderMoveRefused) as refused:
        await cancel_seller_order(giving_up(part), uow, NOW)
    assert refused.value.facts["state"] == state


async def test_another_sellers_part_is_not_there() -> None:
    _, (part,), uow = paid()
    with pytest.raises(SellerOrderNotFound):
        await cancel_seller_order(CancelSellerOrder(OTHER_SELLER, part.id, "out_of_stock"), uow, NOW)


async def test_a_reason_that_the_contract_does_not_know_is_refused_with_those_it_knows() -> None:
    _, (part,), uow = paid()
    with pytest.raises(CancellationReasonNotAccepted) as refused:
        await cancel_seller_order(giving_up(part, "price_error"), uow, NOW)
    assert refused.value.facts["accepted"] == ["out_of_stock"]


async def test_an_obvious_price_error_frees_the_seller_where_the_market_says_so() -> None:
    rules = replace(RULES, obvious_price_error_ends=True)
    assert reasons_of(rules) == ("out_of_stock", "price_error")
    _, (part,), uow = paid(rules=rules)
    await cancel_seller_order(giving_up(part, "price_error"), uow, NOW)
    assert uow.seller_orders.rows[part.id].cancel_reason == "price_error"


async def test_where_a_stock_out_is_a_delay_it_is_late_before_it_ends() -> None:
    ship_by = NOW + timedelta(days=1)
    _, (part,), uow = paid(rules=replace(RULES, on_stock_out="inform_of_delay"), ship_by=ship_by)
    with pytest.raises(DelayComesFirst) as refused:
        await cancel_seller_order(giving_up(part), uow, ship_by)
    assert refused.value.facts["ship_by"] == ship_by.isoformat()
    await cancel_seller_order(giving_up(part), uow, ship_by + timedelta(seconds=1))
    assert uow.seller_orders.rows[part.id].state is S.CANCELLED


async def secured_by_hand() -> tuple[Order, SellerOrder, MemoryOrdersUnitOfWork]:
    order = an_order()
    part = a_seller_order(order)
    uow = MemoryOrdersUnitOfWork(order, parts=[part], rules=replace(RULES, acceptance="manual"))
    await secure_order(SecureOrder(order.id, new_id(), NOW), uow, NOW)
    return order, part, uow


async def test_who_does_not_answer_in_time_has_not_accepted() -> None:
    order, part, uow = await secured_by_hand()
    # Monday plus one business day ends with Tuesday in Paris; the next second acts.
    assert uow.timers.due("acceptance_lapse", part.id) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    await lapse_acceptance(LapseAcceptance(part.id), uow, NOW + timedelta(days=2))
    await lapse_acceptance(LapseAcceptance(part.id), uow, NOW + timedelta(days=2))
    after = uow.seller_orders.rows[part.id]
    assert (after.state, after.cancel_reason, after.cancelled_by) == (S.CANCELLED, "not_accepted", "timer")
    assert len(uow.published(events.SellerOrderCancelled)) == 1
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION


async def test_an_accepted_order_does_not_lapse() -> None:
    _, part, uow = await secured_by_hand()
    await accept_seller_order(AcceptSellerOrder(part.seller_id, part.id), uow, NOW)
    assert uow.timers.due("acceptance_lapse", part.id) is None
    await lapse_acceptance(LapseAcceptance(part.id), uow, NOW + timedelta(days=2))
    assert uow.seller_orders.rows[part.id].state is S.TO_SHIP


async def test_a_seller_may_say_no_before_it_accepts() -> None:
    order, part, uow = await secured_by_hand()
    await cancel_seller_order(giving_up(part), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_EXCEPTION
    assert uow.timers.due("acceptance_lapse", part.id) is None
