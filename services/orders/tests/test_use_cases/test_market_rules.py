"""What the shipped markets make of payment, acceptance and cancellation."""

from datetime import date, timedelta

import pytest

from chassis.kernel.ids import new_id
from chassis.policy_files import load_markets
from orders.domain.errors import CancellationNotSelfService
from orders.domain.order import Order, OrderState
from orders.domain.policies import rules_of
from orders.domain.seller_order import SellerOrderState
from orders.use_cases.cancel_order import CancelOrder, cancel_order
from orders.use_cases.check_limits import CheckLimits, check_limits
from orders.use_cases.secure_order import SecureOrder, secure_order
from services.orders.tests.builders import (
    BUYER,
    DEE,
    MARKETS,
    NOW,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_held_line,
    a_party,
    a_seller_order,
    an_order,
    deliver_to,
    held_stock,
    own_rules,
)

LOADED = load_markets(MARKETS)
TODAY = date(2026, 11, 23)


def unpaid_in(market: str) -> tuple[Order, MemoryOrdersUnitOfWork]:
    order = an_order(OrderState.AWAITING_PAYMENT)
    rules = rules_of(LOADED.pack(market, TODAY))
    parties = (a_party(), a_party(SELLER))
    return order, MemoryOrdersUnitOfWork(order, parts=[a_seller_order(order)], parties=parties, rules=rules)


@pytest.mark.policy("C1", "*")
@pytest.mark.parametrize(
    ("market", "state"),
    [
        ("fr-pro", "to_ship"),
        ("be-shop", "to_ship"),
        ("dk-shop", "to_ship"),
        ("uk-shop", "awaiting_acceptance"),
        ("nl-market", "to_ship"),
    ],
)
async def test_paid_goods_wait_for_the_sellers_acceptance_where_that_makes_the_contract(
    market: str, state: str
) -> None:
    order, uow = unpaid_in(market)
    await secure_order(SecureOrder(order.id, new_id(), NOW), uow, NOW)
    (part,) = uow.seller_orders.rows.values()
    assert part.state is SellerOrderState(state)


@pytest.mark.policy("C5", "nl-market")
@pytest.mark.parametrize("market", ["fr-pro", "be-shop", "nl-market"])
async def test_a_buyer_cancels_an_unpaid_order_by_itself(market: str) -> None:
    order, uow = unpaid_in(market)
    await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.CANCELLED_BY_BUYER


@pytest.mark.policy("C5", "dk-shop")
@pytest.mark.parametrize("market", ["dk-shop", "uk-shop"])
async def test_a_buyer_cannot_cancel_by_itself_where_orders_are_withdrawn_from_or_changed(market: str) -> None:
    order, uow = unpaid_in(market)
    with pytest.raises(CancellationNotSelfService):
        await cancel_order(CancelOrder(BUYER, order.id), uow, NOW)


@pytest.mark.policy("1.11", "*")
@pytest.mark.parametrize(
    ("market", "country"),
    [("fr-pro", "FR"), ("be-shop", "BE"), ("dk-shop", "DK"), ("uk-shop", "GB"), ("nl-market", "NL")],
)
async def test_an_order_waits_fourteen_days_for_an_approval(market: str, country: str) -> None:
    order = an_order(OrderState.CHECKING_LIMITS, placed_by=DEE, deliver_to=deliver_to(country, "1000"))
    uow = MemoryOrdersUnitOfWork(
        order,
        parties=(a_party(), a_party(SELLER, country=country, vat=f"{country}123456789")),
        rules=rules_of(LOADED.pack(market, TODAY)),
        own_rules=[own_rules()],
    )
    line = a_held_line(quantity=2, unit_price=20_001, ship_from=country)
    await check_limits(CheckLimits(order.id, held_stock(order.id, line)), uow, NOW)
    due_at, _ = uow.timers.open["approval_lapse", order.id]
    assert due_at == NOW + timedelta(days=14)
