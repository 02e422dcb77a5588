"""Approvals on a real database: rivals get one outcome, and two orders of a month see each other."""

import asyncio
import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.kernel.errors import WrongState
from chassis.kernel.ids import Id, new_id
from chassis.testing.statements import sent_statements
from orders.domain.approval import Spent, Word
from orders.domain.order import Order, OrderState
from orders.domain.purchasing import PurchasingRules, SpendingLimit
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.cancel_order import CancelOrder, cancel_order
from orders.use_cases.check_limits import CheckLimits, check_limits
from orders.use_cases.decide_approval import DecideApproval, decide_approval
from orders.use_cases.lapse_approval import LapseApproval, lapse_approval
from orders.use_cases.place_order import AskedOffer, PlaceOrder, place_order
from orders.use_cases.record_party import RecordParty, record_party
from services.orders.tests.builders import (
    ANN,
    BEN,
    DEE,
    NOW,
    a_held_line,
    a_party,
    an_approval,
    an_order,
    deliver_to,
    held_stock,
    own_rules,
)
from services.orders.tests.conftest import OrdersInProcess

pytestmark = pytest.mark.storage

NUMBERS = itertools.count(8_000_000)
STATE = OrderState


async def a_company(service: OrdersInProcess, **rules: Any) -> Id:
    """A buyer of the test's own, known with its rules."""
    company_id = new_id()
    kept = replace(own_rules(**rules), company_id=company_id)
    await service.know_parties()
    await service.run(record_party, RecordParty(a_party(company_id), kept))
    return company_id


def waiting(company_id: Id, **changes: Any) -> Order:
    return an_order(STATE.AWAITING_APPROVAL, number=next(NUMBERS), buyer_id=company_id, **changes)


async def test_two_approvers_at_once_decide_it_once(service: OrdersInProcess) -> None:
    company_id = await a_company(service, steps=((BEN, ANN),))
    orders = [waiting(company_id, approval=an_approval(steps=((BEN, ANN),))) for _ in range(5)]
    await service.add(*orders)
    decisions = [
        DecideApproval(order.id, company_id, Word(person, yes))
        for order in orders
        for person, yes in ((BEN, True), (ANN, False))
    ]
    answers = await asyncio.gather(*(service.run(decide_approval, one) for one in decisions), return_exceptions=True)
    assert sum(isinstance(one, WrongState) for one in answers) == len(orders)
    for order in orders:
        after = await service.order(order.id)
        assert after.version == order.version + 1
        assert after.approval is not None
        (said,) = after.approval.decisions
        assert after.state is (STATE.RESERVING if said.approved else STATE.REFUSED)
        assert await service.published(order.id) == ["placed" if said.approved else "refused"]


async def test_a_yes_a_withdrawal_and_the_deadline_at_once_have_one_outcome(service: OrdersInProcess) -> None:
    company_id = await a_company(service)
    orders = [waiting(company_id) for _ in range(5)]
    await service.add(*orders)

    async def settle(order: Order) -> list[Any]:
        return await asyncio.gather(
            service.run(lapse_approval, LapseApproval(order.id)),
            service.run(decide_approval, DecideApproval(order.id, company_id, Word(BEN, True))),
            service.run(cancel_order, CancelOrder(company_id, order.id)),
            return_exceptions=True,
        )

    await asyncio.gather(*(settle(order) for order in orders))
    for order in orders:
        after = await service.order(order.id)
        assert after.version == order.version + 1
        told = {STATE.RESERVING: "placed", STATE.REFUSED: "refused", STATE.CANCELLED_BY_BUYER: "withdrawn"}
        assert await service.published(order.id) == [told[after.state]]


async def test_two_orders_that_are_weighed_side_by_side_do_not_share_what_is_left_of_the_month(
    service: OrdersInProcess,
) -> None:
    limit = SpendingLimit(DEE, None, "EUR", None, 24_000)
    company_id = await a_company(service, limits=(limit,))
    orders = [
        an_order(STATE.CHECKING_LIMITS, number=next(NUMBERS), buyer_id=company_id, placed_by=DEE) for _ in range(6)
    ]
    await service.add(*orders)
    line = a_held_line(quantity=2, unit_price=10_000)

    async def weigh(order: Order) -> None:
        await service.run(check_limits, CheckLimits(order.id, held_stock(order.id, line)))

    await asyncio.gather(*(weigh(order) for order in orders))
    states = [(await service.order(order.id)).state for order in orders]
    assert states.count(STATE.RESERVING) == 1
    assert states.count(STATE.AWAITING_APPROVAL) == 5


async def test_what_was_spent_is_counted_by_person_and_by_cost_centre(service: OrdersInProcess) -> None:
    company_id = await a_company(service)

    def bought(**changes: Any) -> Order:
        state = changes.pop("state", STATE.SECURED)
        return an_order(state, number=next(NUMBERS), buyer_id=company_id, **changes)

    month = (NOW - timedelta(days=1), NOW + timedelta(days=1))
    wish = bought(state=STATE.CHECKING_LIMITS, placed_by=DEE, cost_centre="IT")
    await service.add(
        wish,
        bought(placed_by=DEE, cost_centre="IT"),
        bought(placed_by=DEE, cost_centre="OPS"),
        bought(placed_by=BEN, cost_centre="IT"),
        waiting(company_id, cost_centre="IT"),
        # None of these: another currency, another month on either side, ended, another company's.
        bought(placed_by=DEE, cost_centre="IT", currency="GBP"),
        bought(placed_by=DEE, cost_centre="IT", placed_at=month[0] - timedelta(seconds=1)),
        bought(placed_by=DEE, cost_centre="IT", placed_at=month[1]),
        *(
            bought(state=state, placed_by=DEE, cost_centre="IT", estimated=24_000)
            for state in (STATE.REFUSED, STATE.CANCELLED_BY_BUYER, STATE.AUTO_CANCELLED)
        ),
        an_order(STATE.SECURED, number=next(NUMBERS), buyer_id=new_id(), placed_by=DEE, cost_centre="IT"),
    )

    async def spent(uow: OrdersUnitOfWork, now: datetime) -> Spent:
        return await uow.orders.spent(wish, month)

    # 240.00 each: three of Dee's, and three of the cost centre's.
    assert await service.executor.run(spent) == Spent(72_000, 72_000)
    nobody = replace(wish, placed_by=None, cost_centre=None)

    async def spent_by_nobody(uow: OrdersUnitOfWork, now: datetime) -> Spent:
        return await uow.orders.spent(nobody, month)

    assert await service.executor.run(spent_by_nobody) == Spent(0, 0)


async def test_newer_rules_stay_and_only_those_that_ask_something_bind(service: OrdersInProcess) -> None:
    company_id = await a_company(service)

    async def keep(rules: PurchasingRules) -> None:
        await service.run(record_party, RecordParty(a_party(company_id), rules))

    async def known(uow: OrdersUnitOfWork, now: datetime) -> tuple[Any, Any]:
        return await uow.purchasing.binding(company_id), await uow.purchasing.of(company_id)

    newer = replace(own_rules(po_number_required=True), company_id=company_id, version=7)
    await keep(newer)
    await keep(replace(newer, version=6, po_number_required=False))
    assert await service.executor.run(known) == (newer, newer)
    nothing = replace(newer, version=8, po_number_required=False, limits=())
    await keep(nothing)
    assert await service.executor.run(known) == (None, nothing)


async def test_a_buyers_rules_cost_no_statement_of_their_own_when_it_orders(service: OrdersInProcess) -> None:
    free, bound = await a_company(service, limits=()), await a_company(service)

    async def statements_for(company_id: Id) -> tuple[int, Order]:
        command = PlaceOrder(new_id(), company_id, "fr-pro", (AskedOffer(new_id(), 1),), deliver_to(), placed_by=DEE)
        with sent_statements(service.engine) as seen:
            await service.run(place_order, command)
        assert sum("purchasing_rules" in one for one in seen) == 1
        return len(seen), await service.order(command.order_id)

    plain, order = await statements_for(free)
    assert order.state is STATE.RESERVING
    with_limits, order = await statements_for(bound)
    assert order.state is STATE.CHECKING_LIMITS
    # The errand that has the order weighed is all that is more.
    assert with_limits == plain + 1
