"""Placing an order, and what catalog's answer makes of it."""

from dataclasses import replace

import pytest

from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from orders.domain import events
from orders.domain.errors import (
    AreaNotServed,
    BuyerWithoutMarket,
    CountryNotServed,
    CurrencyNotAccepted,
    OfferTwice,
    OpenHoldsLimit,
    PriceCountryNotServed,
)
from orders.domain.order import OrderState
from orders.domain.reservation import Refusal, RefusedLine
from orders.use_cases.place_order import AskedOffer, PlaceOrder, place_order
from orders.use_cases.record_party import RecordParty, record_party
from orders.use_cases.refuse_order import RefuseOrder, refuse_order
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation
from services.orders.tests.builders import (
    BUYER,
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_held_line,
    a_party,
    an_order,
    deliver_to,
    held_stock,
    one_tier,
)

OFFER = new_id()
SELLERS = (a_party(SELLER), a_party(OTHER_SELLER))


def a_command(**changes: object) -> PlaceOrder:
    command = PlaceOrder(
        order_id=new_id(),
        buyer_id=BUYER,
        market="fr-pro",
        lines=(AskedOffer(OFFER, 2, Money(40_000, "EUR")),),
        deliver_to=deliver_to(),
    )
    return replace(command, **changes)  # type: ignore[arg-type]


def reserving(**changes: object) -> MemoryOrdersUnitOfWork:
    order = an_order(OrderState.RESERVING, **changes)
    return MemoryOrdersUnitOfWork(order, parties=(a_party(), *SELLERS))


def the_order(uow: MemoryOrdersUnitOfWork) -> Id:
    return next(iter(uow.orders.rows))


async def test_an_order_is_written_down_and_catalog_is_asked() -> None:
    uow = MemoryOrdersUnitOfWork()
    order_id = await place_order(a_command(), uow, NOW)
    order = uow.orders.rows[order_id]
    assert (order.state, order.number, order.version) == (OrderState.RESERVING, 100_001, 1)
    assert order.policy_version == RULES.version
    (placed,) = uow.published(events.OrderPlaced)
    assert (placed.aggregate_id, placed.market, placed.currency) == (order_id, "fr-pro", "EUR")
    assert [(line.offer_id, line.quantity, line.unit_price) for line in placed.lines] == [(OFFER, 2, 40_000)]
    assert uow.moves() == ["place"]


async def test_options_are_asked_of_catalog_with_their_line() -> None:
    uow = MemoryOrdersUnitOfWork()
    order_id = await place_order(a_command(lines=(AskedOffer(OFFER, 2, None, ("windows_11_pro",)),)), uow, NOW)
    (placed,) = uow.published(events.OrderPlaced)
    assert [line.options for line in placed.lines] == [("windows_11_pro",)]
    assert uow.orders.rows[order_id].lines[0].options == ("windows_11_pro",)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"market": None}, BuyerWithoutMarket),
        ({"price_country": "IT"}, PriceCountryNotServed),
        ({"currency": "USD"}, CurrencyNotAccepted),
        ({"lines": (AskedOffer(OFFER, 1, Money(1, "DKK")),)}, CurrencyNotAccepted),
        ({"lines": (AskedOffer(OFFER, 1), AskedOffer(OFFER, 1))}, OfferTwice),
        ({"deliver_to": deliver_to("IT", "20121")}, CountryNotServed),
        ({"deliver_to": deliver_to("FR", "97400")}, AreaNotServed),
    ],
)
async def test_what_can_never_be_right_is_refused_by_name(
    changes: dict[str, object], refusal: type[DomainError]
) -> None:
    uow = MemoryOrdersUnitOfWork()
    with pytest.raises(refusal):
        await place_order(a_command(**changes), uow, NOW)
    assert not uow.orders.rows


async def test_a_buyer_cannot_hold_more_units_than_the_market_allows() -> None:
    # Two units are held already; the market allows four, and three more are asked for.
    rules = one_tier(units_max=4)
    uow = MemoryOrdersUnitOfWork(an_order(), rules=rules)
    with pytest.raises(OpenHoldsLimit):
        await place_order(a_command(lines=(AskedOffer(OFFER, 3),)), uow, NOW)
    await place_order(a_command(lines=(AskedOffer(OFFER, 2),)), uow, NOW)


async def test_a_paid_order_does_not_count_as_held() -> None:
    uow = MemoryOrdersUnitOfWork(an_order(OrderState.SECURED), rules=one_tier(units_max=2))
    await place_order(a_command(), uow, NOW)


async def test_held_stock_begins_the_hold_and_opens_one_seller_order_per_seller() -> None:
    uow = reserving()
    order_id = the_order(uow)
    # E1 of the rule book: 1,560.48 and 651.00.
    held = held_stock(
        order_id,
        a_held_line(1, quantity=2, unit_price=38_900),
        a_held_line(2, OTHER_SELLER, quantity=3, unit_price=21_500, vat_regime="margin"),
        a_held_line(3, quantity=1, unit_price=51_250),
    )
    held = replace(held, shipping={SELLER: 990, OTHER_SELLER: 600})
    buyer_without_number = a_party(vat=None)
    uow.records.parties[BUYER] = buyer_without_number
    await settle_reservation(SettleReservation(held), uow, NOW)
    order = uow.orders.rows[order_id]
    assert order.state is OrderState.AWAITING_PAYMENT
    assert order.totals is not None
    assert order.totals.gross == 156_048 + 65_100
    (told,) = uow.published(events.OrderHeld)
    assert told.seq == order.version == 2
    parts = await uow.seller_orders.of_order(order_id)
    assert [(part.number, part.seller_id, part.totals.gross) for part in parts] == [
        ("100001-1", SELLER, 156_048),
        ("100001-2", OTHER_SELLER, 65_100),
    ]
    assert [event.seq for event in uow.published(events.SellerOrderOpened)] == [1, 1]
    assert order.hold is not None
    assert uow.timers.due("hold_expiry", order_id) == order.hold.acts_at
    assert uow.timers.due("hold_reminder", order_id) == order.hold.reminders[0].at
    assert uow.rung == [order_id]


async def test_the_same_answer_twice_changes_nothing() -> None:
    uow = reserving()
    held = held_stock(the_order(uow))
    await settle_reservation(SettleReservation(held), uow, NOW)
    published = len(uow.events)
    await settle_reservation(SettleReservation(held), uow, NOW)
    assert len(uow.events) == published


async def test_an_unknown_party_is_fetched_and_the_order_goes_on_when_it_comes() -> None:
    uow = reserving()
    uow.records.parties.clear()
    held = held_stock(the_order(uow))
    await settle_reservation(SettleReservation(held), uow, NOW)
    assert uow.orders.rows[held.order_id].state is OrderState.RESERVING
    assert {key for kind, key in uow.timers.open if kind == "fetch_party"} == {BUYER, SELLER}
    await record_party(RecordParty(a_party()), uow, NOW)
    assert uow.orders.rows[held.order_id].state is OrderState.RESERVING
    await record_party(RecordParty(a_party(SELLER)), uow, NOW)
    assert uow.orders.rows[held.order_id].state is OrderState.AWAITING_PAYMENT
    assert not uow.records.pending


async def test_goods_that_the_tax_rules_block_refuse_the_order_so_that_catalog_lets_go() -> None:
    uow = reserving()
    held = held_stock(the_order(uow), a_held_line(1, ship_from="DE"))
    await settle_reservation(SettleReservation(held), uow, NOW)
    (told,) = uow.published(events.OrderRefused)
    assert told.refusal.reason == "vat"
    assert [(line.line_no, line.reason) for line in told.refusal.lines] == [(1, "seller_not_registered")]
    assert not uow.seller_orders.rows


async def test_orders_placed_side_by_side_cannot_pass_the_limit_together() -> None:
    order, other = an_order(OrderState.RESERVING), an_order(number=100_002)
    # 240.00 are held, 466.80 more come with the order (389.00 + 20 %); 700.00 are allowed.
    rules = one_tier(value_max=70_000)
    uow = MemoryOrdersUnitOfWork(order, other, parties=(a_party(vat=None), *SELLERS), rules=rules)
    await settle_reservation(SettleReservation(held_stock(order.id)), uow, NOW)
    assert uow.orders.rows[order.id].refusal == Refusal("open_holds_limit")


async def test_lines_that_cannot_be_had_end_the_order() -> None:
    uow = reserving()
    refusal = Refusal("stock", (RefusedLine(1, OFFER, "not_enough_stock", 2, 1),))
    await refuse_order(RefuseOrder(the_order(uow), refusal), uow, NOW)
    assert uow.orders.rows[the_order(uow)].refusal == refusal
    assert uow.rung == [the_order(uow)]
    await refuse_order(RefuseOrder(the_order(uow), refusal), uow, NOW)
    assert len(uow.published(events.OrderRefused)) == 1


async def test_an_older_snapshot_never_replaces_a_newer_one() -> None:
    newer = replace(a_party(), version=7)
    uow = MemoryOrdersUnitOfWork(parties=(newer,))
    await record_party(RecordParty(a_party(status="invalid")), uow, NOW)
    assert uow.records.parties[BUYER] is newer


async def test_a_company_that_moves_moves_none_of_its_open_orders() -> None:
    uow = reserving()
    order_id = the_order(uow)
    await settle_reservation(SettleReservation(held_stock(order_id)), uow, NOW)
    order, parts, told = uow.orders.rows[order_id], dict(uow.seller_orders.rows), len(uow.events)
    moved = a_party(vat="FR83404833048")
    address = {"street": "9 rue Neuve", "postal_code": "69001", "city": "Lyon", "country": "FR"}
    moved = replace(moved, version=2, snapshot={**moved.snapshot, "legal_name": "Reparo SA", "address": address})
    await record_party(RecordParty(moved), uow, NOW)
    assert uow.records.parties[BUYER] == moved
    assert (uow.orders.rows[order_id], uow.seller_orders.rows, len(uow.events)) == (order, parts, told)
    assert not any(kind == "make_purchase_order" and key == order_id for kind, key in uow.timers.open)
