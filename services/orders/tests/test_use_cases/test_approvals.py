"""An order over a limit: nothing is held until its buyer's own people have said yes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.approval import Word
from orders.domain.errors import (
    ApprovalStepOver,
    CostCentreUnknown,
    NotYourApproval,
    OrderMoveRefused,
    OrderNotFound,
    PoNumberRequired,
)
from orders.domain.order import DeliverTo, Order, OrderState
from orders.domain.purchasing import PurchasingRules, SpendingLimit
from orders.domain.reservation import Refusal
from orders.use_cases.cancel_order import CancelOrder, cancel_order
from orders.use_cases.check_limits import CheckLimits, check_limits
from orders.use_cases.decide_approval import DecideApproval, decide_approval
from orders.use_cases.lapse_approval import LapseApproval, lapse_approval
from orders.use_cases.place_order import AskedOffer, PlaceOrder, place_order
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation
from services.orders.tests.builders import (
    ANN,
    BEN,
    BUYER,
    DEE,
    NOW,
    RULES,
    SELLER,
    TOTALS,
    MemoryOrdersUnitOfWork,
    a_held_line,
    a_party,
    an_approval,
    an_order,
    deliver_to,
    held_stock,
    own_rules,
)

STATE = OrderState


def a_world(*orders: Order, own: PurchasingRules | None = None, **more: Any) -> MemoryOrdersUnitOfWork:
    return MemoryOrdersUnitOfWork(*orders, parties=(a_party(), a_party(SELLER)), own_rules=[own or own_rules()], **more)


def asked(**changes: Any) -> PlaceOrder:
    address: DeliverTo = deliver_to()
    command = PlaceOrder(new_id(), BUYER, "fr-pro", (AskedOffer(new_id(), 2),), address, placed_by=DEE)
    return replace(command, **changes)


async def estimated(uow: MemoryOrdersUnitOfWork, order_id: Id, unit_price: int) -> Order:
    """Catalog names a price for each of two units; 20 % VAT comes on top."""
    line = a_held_line(quantity=2, unit_price=unit_price)
    assert await check_limits(CheckLimits(order_id, held_stock(order_id, line)), uow, NOW) == ()
    return uow.orders.rows[order_id]


def says(order: Order, person: Id = BEN, *, yes: bool = True, step: int | None = None) -> DecideApproval:
    return DecideApproval(order.id, BUYER, Word(person, yes, "because"), step)


async def test_who_has_a_limit_is_weighed_before_catalog_hears_of_it() -> None:
    uow = a_world()
    order_id = await place_order(asked(), uow, NOW)
    assert uow.orders.rows[order_id].state is STATE.CHECKING_LIMITS
    assert not uow.published(events.OrderPlaced)
    assert ("check_limits", order_id) in uow.timers.open


@pytest.mark.parametrize("changes", [{"placed_by": BEN}, {"placed_by": None}])
async def test_whom_no_limit_concerns_orders_as_ever(changes: dict[str, Any]) -> None:
    uow = a_world()
    order_id = await place_order(asked(**changes), uow, NOW)
    assert uow.orders.rows[order_id].state is STATE.RESERVING
    assert len(uow.published(events.OrderPlaced)) == 1


@pytest.mark.parametrize(
    ("rules", "changes", "refusal"),
    [
        (own_rules(po_number_required=True), {}, PoNumberRequired),
        (own_rules(), {"cost_centre": "IT"}, CostCentreUnknown),
    ],
)
async def test_what_the_company_asks_of_each_order_is_refused_by_name(
    rules: PurchasingRules, changes: dict[str, Any], refusal: type[DomainError]
) -> None:
    uow = a_world(own=rules)
    with pytest.raises(refusal):
        await place_order(asked(**changes), uow, NOW)
    assert not uow.orders.rows


async def test_a_company_without_rules_has_no_cost_centres() -> None:
    with pytest.raises(CostCentreUnknown):
        await place_order(asked(cost_centre="IT"), MemoryOrdersUnitOfWork(), NOW)


async def test_within_the_limit_catalog_is_asked_at_once() -> None:
    order = an_order(STATE.CHECKING_LIMITS, placed_by=DEE)
    uow = a_world(order)
    # 2 x 83.33 + 20 % = 199.99.
    after = await estimated(uow, order.id, 8_333)
    assert (after.state, after.estimated, after.approval) == (STATE.RESERVING, 19_999, None)
    (placed,) = uow.published(events.OrderPlaced)
    assert not placed.was_approved
    assert uow.rung == []


async def test_over_the_limit_it_waits_says_why_and_rings_for_the_request_that_waits() -> None:
    order = an_order(STATE.CHECKING_LIMITS, placed_by=DEE)
    uow = a_world(order)
    after = await estimated(uow, order.id, 10_000)
    assert after.state is STATE.AWAITING_APPROVAL
    assert after.approval is not None
    assert [(one.code, one.over) for one in after.approval.reasons] == [("person_per_order", 4_000)]
    assert after.approval.asked == (BEN,)
    assert uow.timers.open["approval_lapse", order.id] == (NOW + timedelta(days=14), {})
    (told,) = uow.published(events.OrderApprovalAwaited)
    assert (told.asked_ids, told.step, told.steps, told.gross) == ((BEN,), 1, 1, 24_000)
    assert uow.rung == [order.id]
    assert await uow.orders.open_holds(BUYER, "EUR") == await MemoryOrdersUnitOfWork().orders.open_holds(BUYER, "EUR")


async def test_a_month_counts_orders_that_wait_and_not_those_that_came_to_nothing() -> None:
    rules = own_rules(limits=(SpendingLimit(DEE, None, "EUR", None, 72_000),))
    order = an_order(STATE.CHECKING_LIMITS, placed_by=DEE)
    past = {"placed_by": DEE}
    counted = [an_order(STATE.AWAITING_APPROVAL), an_order(STATE.SECURED, **past)]
    ended = [an_order(state, **past) for state in (STATE.REFUSED, STATE.CANCELLED_BY_BUYER, STATE.AUTO_CANCELLED)]
    others = [
        an_order(STATE.SECURED, placed_by=BEN),
        an_order(STATE.SECURED, placed_by=DEE, currency="GBP"),
        # In Paris that was the last minute of October.
        an_order(STATE.SECURED, placed_by=DEE, placed_at=NOW.replace(month=10, day=31, hour=22, minute=59)),
    ]
    uow = a_world(order, *counted, *ended, *others, own=rules)
    # 240.00 each: two of the month are gone, and this one makes exactly the limit of 720.00.
    assert (await estimated(uow, order.id, 10_000)).state is STATE.RESERVING
    another = an_order(STATE.CHECKING_LIMITS, placed_by=DEE)
    await uow.orders.add(another)
    after = await estimated(uow, another.id, 1_000)
    assert after.approval is not None
    (reason,) = after.approval.reasons
    assert (reason.code, reason.spent, reason.over) == ("person_per_month", 72_000, 2_400)


async def test_an_owner_whom_nobody_can_approve_is_told_so() -> None:
    rules = own_rules(limits=(SpendingLimit(ANN, None, "EUR", 1, None),), steps=())
    order = an_order(STATE.CHECKING_LIMITS, placed_by=ANN)
    uow = a_world(order, own=rules)
    after = await estimated(uow, order.id, 10_000)
    assert after.refusal == Refusal("approval_impossible")
    assert uow.rung == [order.id]


async def test_rules_that_went_away_meanwhile_bind_nobody() -> None:
    order = an_order(STATE.CHECKING_LIMITS, placed_by=DEE)
    uow = a_world(order, own=own_rules(limits=()))
    assert (await estimated(uow, order.id, 10_000)).state is STATE.RESERVING


async def test_a_second_answer_of_catalog_changes_nothing() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order)
    assert await estimated(uow, order.id, 99_000) == order


async def test_the_last_yes_asks_catalog_and_tells_the_placer() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order)
    await uow.timers.set("approval_lapse", order.id, NOW)
    await decide_approval(says(order), uow, NOW)
    after = uow.orders.rows[order.id]
    assert after.state is STATE.RESERVING
    (placed,) = uow.published(events.OrderPlaced)
    assert (placed.was_approved, placed.placed_by) == (True, DEE)
    assert ("approval_lapse", order.id) not in uow.timers.open


async def test_the_next_step_is_asked_after_the_first() -> None:
    order = an_order(STATE.AWAITING_APPROVAL, approval=an_approval(steps=((BEN,), (ANN,))))
    uow = a_world(order)
    await decide_approval(says(order), uow, NOW)
    after = uow.orders.rows[order.id]
    assert after.state is STATE.AWAITING_APPROVAL
    (told,) = uow.published(events.OrderApprovalAwaited)
    assert (told.step, told.asked_ids) == (2, (ANN,))
    # Ben's second click is about a step that has been taken.
    with pytest.raises(ApprovalStepOver):
        await decide_approval(says(order, step=1), uow, NOW)
    await decide_approval(says(order, ANN, step=2), uow, NOW)
    assert uow.orders.rows[order.id].state is STATE.RESERVING
    assert uow.moves() == ["approve_step", "approve"]


async def test_a_no_ends_it_with_its_comment() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order)
    await decide_approval(says(order, yes=False), uow, NOW)
    after = uow.orders.rows[order.id]
    assert (after.state, after.refusal) == (STATE.REFUSED, Refusal("approval_refused"))
    assert after.approval is not None
    assert [(one.approved, one.comment) for one in after.approval.decisions] == [(False, "because")]
    (told,) = uow.published(events.OrderRefused)
    assert told.placed_by == DEE
    assert not uow.timers.open


@pytest.mark.parametrize("person", [DEE, ANN, new_id()])
async def test_others_have_no_say(person: Id) -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order)
    with pytest.raises(NotYourApproval):
        await decide_approval(says(order, person), uow, NOW)
    assert uow.orders.rows[order.id] == order


async def test_another_company_does_not_know_it() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    with pytest.raises(OrderNotFound):
        await decide_approval(replace(says(order), buyer_id=new_id()), a_world(order), NOW)


async def test_whoever_comes_second_finds_it_decided() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order)
    await lapse_approval(LapseApproval(order.id), uow, NOW)
    assert uow.orders.rows[order.id].refusal == Refusal("approval_lapsed")
    with pytest.raises(OrderMoveRefused):
        await decide_approval(says(order), uow, NOW)
    with pytest.raises(OrderMoveRefused):
        await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)


async def test_a_lapse_after_the_decision_does_nothing() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order)
    await decide_approval(says(order), uow, NOW)
    decided = uow.orders.rows[order.id]
    await lapse_approval(LapseApproval(order.id), uow, NOW)
    assert uow.orders.rows[order.id] == decided


async def test_the_buyer_withdraws_what_waits_in_every_market() -> None:
    order = an_order(STATE.AWAITING_APPROVAL)
    uow = a_world(order, rules=replace(RULES, cancellation_while_unpaid="on_request"))
    await uow.timers.set("approval_lapse", order.id, NOW)
    await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)
    assert uow.orders.rows[order.id].state is STATE.CANCELLED_BY_BUYER
    assert len(uow.published(events.OrderWithdrawn)) == 1
    assert not uow.published(events.OrderCancelled)
    assert not uow.timers.open


@pytest.mark.parametrize(("unit_price", "state"), [(10_000, STATE.AWAITING_PAYMENT), (9_000, STATE.AWAITING_PAYMENT)])
async def test_what_was_approved_is_held_at_that_price_or_below(unit_price: int, state: OrderState) -> None:
    order = an_order(STATE.RESERVING, placed_by=DEE, approval=an_approval(), estimated=TOTALS.gross)
    uow = a_world(order)
    line = a_held_line(quantity=2, unit_price=unit_price)
    await settle_reservation(SettleReservation(held_stock(order.id, line)), uow, NOW)
    assert uow.orders.rows[order.id].state is state


async def test_what_became_dearer_meanwhile_is_refused_by_name() -> None:
    order = an_order(STATE.RESERVING, placed_by=DEE, approval=an_approval(), estimated=TOTALS.gross)
    uow = a_world(order)
    line = a_held_line(quantity=2, unit_price=10_001)
    await settle_reservation(SettleReservation(held_stock(order.id, line)), uow, NOW)
    assert uow.orders.rows[order.id].refusal == Refusal("price_changed")
    assert uow.rung == [order.id]
