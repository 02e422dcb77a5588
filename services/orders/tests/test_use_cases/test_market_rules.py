"""What the shipped markets make of payment, acceptance and cancellation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from chassis.policy_files import load_markets
from orders.domain import events
from orders.domain.address_change import AddressAnswer
from orders.domain.errors import AddressAlreadyShipped, CancellationNotSelfService
from orders.domain.order import Order, OrderState
from orders.domain.policies import rules_of
from orders.domain.seller_order import SellerOrderState
from orders.use_cases.answer_address_change import AnswerAddressChange, answer_address_change
from orders.use_cases.ask_address_change import AskAddressChange, ask_address_change
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
    a_sold_line,
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


def paid_in(market: str, country: str, state: SellerOrderState) -> tuple[Order, MemoryOrdersUnitOfWork]:
    """An order whose goods stay in a market's country, and whose part has come as far as `state`."""
    order = an_order(OrderState.IN_FULFILMENT, deliver_to=deliver_to(country, "1000"))
    part = a_seller_order(order, state, lines=(a_sold_line(ship_from=country),), delivery_country=country, ship_by=NOW)
    parties = (a_party(), a_party(SELLER, country=country, vat=f"{country}123456789"))
    rules = rules_of(LOADED.pack(market, TODAY))
    return order, MemoryOrdersUnitOfWork(order, parts=[part], parties=parties, rules=rules)


@pytest.mark.policy("C6", "*")
@pytest.mark.parametrize(
    ("market", "country", "answer_by", "how", "fee"),
    [
        ("fr-pro", "FR", datetime(2026, 11, 12, 14, tzinfo=UTC), "seller_is_asked", Money(0, "EUR")),
        ("be-shop", "BE", datetime(2026, 11, 12, 14, tzinfo=UTC), "seller_is_asked", Money(0, "EUR")),
        ("dk-shop", "DK", datetime(2026, 11, 11, 14, tzinfo=UTC), "seller_is_asked", Money(10_000, "DKK")),
        ("uk-shop", "GB", datetime(2026, 11, 11, 14, tzinfo=UTC), "change_request", Money(0, "EUR")),
        ("nl-market", "NL", datetime(2026, 11, 11, 14, tzinfo=UTC), "seller_is_asked", Money(0, "EUR")),
    ],
)
async def test_an_address_changes_before_the_shipment_if_the_seller_says_so_within_24_working_hours(
    market: str, country: str, answer_by: datetime, how: str, fee: Money
) -> None:
    # Tuesday, 14:00 UTC. The next day is Armistice Day in France and Belgium, and a business day elsewhere.
    asked_at = datetime(2026, 11, 10, 14, tzinfo=UTC)
    order, uow = paid_in(market, country, SellerOrderState.TO_SHIP)
    (part_id,) = uow.seller_orders.rows
    there = replace(order.deliver_to, street="1 elsewhere")
    await ask_address_change(AskAddressChange(BUYER, order.id, there), uow, asked_at)
    (told,) = uow.published(events.SellerOrderAddressChangeAsked)
    assert told.answer_by == answer_by
    terms = uow.rules.of_version(order.policy_version).address_terms
    assert (terms.how, terms.fee) == (how, fee)
    # Silence is no consent in any of them.
    await answer_address_change(AnswerAddressChange(part_id), uow, answer_by)
    part = uow.seller_orders.rows[part_id]
    assert part.address_change is not None
    assert (part.moved_to, part.address_change.answer) == (None, AddressAnswer.UNANSWERED)

    order, uow = paid_in(market, country, SellerOrderState.SHIPPED)
    with pytest.raises(AddressAlreadyShipped):
        await ask_address_change(AskAddressChange(BUYER, order.id, there), uow, asked_at)
