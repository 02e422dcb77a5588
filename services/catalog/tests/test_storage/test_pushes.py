"""Pushes on a real database: large, repeated, out of order, by rivals."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from catalog.domain.errors import SellerNotActive
from catalog.domain.offer import OfferPatch
from catalog.domain.reservation import OrderedLine
from catalog.domain.seller import SellerState
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.push_offers import PushOffers, push_offers
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.testing.statements import sent_statements

from ..builders import IPHONE, NOW, a_patch, a_push, an_order, euros

pytestmark = pytest.mark.storage


async def push(catalog: Any, command: PushOffers) -> Any:
    return await catalog.executor.run(partial(push_offers, command))


async def test_5000_lines_are_stored_with_a_few_statements(catalog: Any) -> None:
    seller = await catalog.admit()
    patches = [
        a_patch(f"S{n}", product=replace(IPHONE, model=f"iPhone {n // 4}"), price=euros(10_000 + n))
        for n in range(5_000)
    ]
    with sent_statements(catalog.engine) as statements:
        created = await push(catalog, a_push(seller.id, *patches))
    # However busy the machine is: the round trips do not grow with the lines.
    assert len(statements) < 20
    assert {line.status.value for line in created} == {"created"}
    assert (await catalog.rows("select count(*) from products"))[0][0] == 1_250
    events = await catalog.events("catalog.stock", seller.id)
    assert [(event.seq, len(event.data["lines"])) for event in events] == [(n, 500) for n in range(1, 11)]
    catalog.clock.advance(minutes=1)
    halved = [patch._replace(quantity=2) if n % 2 else patch for n, patch in enumerate(patches)]
    with sent_statements(catalog.engine) as statements:
        again = await push(catalog, a_push(seller.id, *halved))
    assert len(statements) < 20
    assert [line.status.value for line in again[:2]] == ["unchanged", "updated"]
    assert [event.seq for event in await catalog.events("catalog.stock", seller.id)][10:] == [11, 12, 13, 14, 15]


async def test_a_first_price_is_held_against_the_middle_of_what_is_on_sale(catalog: Any) -> None:
    sellers = [await catalog.admit() for _ in range(6)]
    asked = [380_00, 400_00, 420_00, 2_000_00, 2_000_00, 2_000_00]
    for seller, price in zip(sellers, asked, strict=True):
        await push(catalog, a_push(seller.id, a_patch("A", confirm_price=True, price=euros(price))))
    # Sold out, paused, and suspended: none of the three dear ones can be bought.
    catalog.clock.advance(minutes=1)
    await push(catalog, a_push(sellers[3].id, OfferPatch(sku="A", quantity=0)))
    await push(catalog, a_push(sellers[4].id, OfferPatch(sku="A", paused=True)))
    await catalog.executor.run(lambda uow, now: uow.sellers.save(replace(sellers[5], state=SellerState.SUSPENDED)))
    late = await catalog.admit()
    with sent_statements(catalog.engine) as statements:
        low, high, taken = await push(
            catalog,
            a_push(
                late.id,
                a_patch("LOW", price=euros(99_99)),
                a_patch("HIGH", price=euros(1_600_01)),
                a_patch("TAKEN", price=euros(1_600_00)),
            ),
        )
    assert len([one for one in statements if "percentile_disc" in one]) == 1
    assert [error["code"] for one in (low, high) for error in one.problem.errors] == ["price_too_low", "price_too_high"]
    assert "Apple iPhone 13 128GB" in low.problem.detail
    assert "good, costs 400.00 EUR" in low.problem.detail
    assert taken.status.value == "created"


async def test_pushes_that_wait_together_share_their_statements_and_see_each_other(catalog: Any) -> None:
    sellers = [await catalog.admit() for _ in range(2)]
    await asyncio.gather(*[push(catalog, a_push(one.id, *[a_patch(f"S{n}") for n in range(4)])) for one in sellers])
    catalog.clock.advance(minutes=1)
    skus = [(one, f"S{n}") for n in range(4) for one in sellers]
    commands = [a_push(one.id, OfferPatch(sku=sku, quantity=9, price=euros(35_000))) for one, sku in skus]
    # The first offer of the first seller again and again: each push finds what the one before it made of the offer.
    commands += [a_push(sellers[0].id, OfferPatch(sku="s0", price=euros(35_000 + n))) for n in range(1, 5)]
    commands.append(a_push(sellers[0].id, a_patch("NEW"), a_patch("S0", price=euros(1), as_of=NOW)))
    commands.append(a_push(sellers[0].id, OfferPatch(sku="NEW", quantity=0)))
    with sent_statements(catalog.engine) as statements:
        answers = await asyncio.gather(*[push(catalog, command) for command in commands])
    # Two workers take a batch each; alone, each of the fourteen would cost nine.
    assert len(statements) < 40
    assert [one.status.value for one in answers[-2]] == ["created", "stale"]
    assert (answers[-1][0].status.value, answers[-1][0].available) == ("updated", 0)
    stored = await catalog.rows(
        "select version, price_minor from offers where sku = 'S0' and seller_id = :id", id=sellers[0].id
    )
    assert stored == [(6, 35_004)]
    for seller, pushed in zip(sellers, (11, 5), strict=True):
        assert [event.seq for event in await catalog.events("catalog.stock", seller.id)] == list(range(1, pushed + 1))


async def test_a_refused_push_leaves_no_trace_in_the_transaction_it_shares(catalog: Any) -> None:
    seller, other = await catalog.admit(), await catalog.admit(state=SellerState.SUSPENDED)
    commands = [a_push(one.id, a_patch("A")) for one in (seller, other, seller, other)]
    answers = await asyncio.gather(*[push(catalog, one) for one in commands], return_exceptions=True)
    assert [type(one) for one in answers] == [list, SellerNotActive, list, SellerNotActive]
    assert await catalog.rows("select seller_id from offers") == [(seller.id,)]


async def test_the_same_push_again_changes_nothing_and_says_nothing(catalog: Any) -> None:
    seller = await catalog.admit()
    command = a_push(seller.id, a_patch("A"), a_patch("B"))
    await push(catalog, command)
    before = await catalog.rows("select * from stock order by offer_id"), await catalog.rows("select * from offers")
    again = await push(catalog, command)
    assert [line.status.value for line in again] == ["unchanged", "unchanged"]
    assert before == (
        await catalog.rows("select * from stock order by offer_id"),
        await catalog.rows("select * from offers"),
    )
    assert len(await catalog.events("catalog.stock")) == 1
    assert len(await catalog.rows("select 1 from stock_movements")) == 2


async def test_pushes_in_any_order_end_with_the_newest_count(catalog: Any) -> None:
    seller = await catalog.admit()
    await push(catalog, a_push(seller.id, a_patch(quantity=0, as_of=NOW - timedelta(days=1))))
    counts = [OfferPatch(sku="A-1", quantity=n, as_of=NOW - timedelta(minutes=100 - n)) for n in range(100)]
    random.Random(7).shuffle(counts)
    statuses = [(await push(catalog, a_push(seller.id, one)))[0].status.value for one in counts]
    assert set(statuses) == {"updated", "stale"}
    ((counted, available),) = await catalog.rows("select counted, available from stock")
    assert (counted, available) == (99, 99)


async def test_a_sku_in_other_letters_is_the_same_sku(catalog: Any) -> None:
    seller = await catalog.admit()
    (first,) = await push(catalog, a_push(seller.id, a_patch("Lot-7")))
    (second,) = await push(catalog, a_push(seller.id, OfferPatch(sku="LOT-7", quantity=1)))
    assert (second.offer_id, second.status.value) == (first.offer_id, "updated")
    assert (await catalog.rows("select sku from offers"))[0][0] == "Lot-7"


async def test_the_last_line_of_a_sku_wins_and_the_earlier_is_told(catalog: Any) -> None:
    seller = await catalog.admit()
    early, late = await push(catalog, a_push(seller.id, a_patch("A", quantity=1), a_patch("a", quantity=2)))
    assert (early.status.value, early.problem.code) == ("rejected", "sku_repeated")
    assert (late.status.value, late.available) == ("created", 2)


async def test_one_wrong_line_does_not_keep_the_others_out(catalog: Any) -> None:
    seller = await catalog.admit()
    wrong, right = await push(catalog, a_push(seller.id, a_patch("A", grade="shiny"), a_patch("B")))
    assert (wrong.status.value, wrong.problem.code, wrong.offer_id) == ("rejected", "market_rule_violated", None)
    assert right.status.value == "created"
    assert len(await catalog.rows("select 1 from offers")) == 1


async def test_rival_sellers_describe_a_new_product_at_once_and_share_it(catalog: Any) -> None:
    sellers = [await catalog.admit() for _ in range(8)]
    products = [replace(IPHONE, model=f"iPhone {n}") for n in range(20)]
    orders = [products if n % 2 else products[::-1] for n in range(8)]
    await asyncio.gather(
        *[
            push(catalog, a_push(seller.id, *[a_patch(p.model, product=p) for p in order]))
            for seller, order in zip(sellers, orders, strict=True)
        ]
    )
    assert (await catalog.rows("select count(*) from products"))[0][0] == 20
    assert (await catalog.rows("select count(*) from offers"))[0][0] == 160


async def test_a_push_counts_what_was_paid_since_and_honours_what_is_held(catalog: Any) -> None:
    seller = await catalog.admit()
    (line,) = await push(catalog, a_push(seller.id, a_patch(quantity=10)))
    catalog.clock.advance(hours=1)
    paid, unpaid = an_order(OrderedLine(1, line.offer_id, 2)), an_order(OrderedLine(1, line.offer_id, 3))
    for order in (paid, unpaid):
        await catalog.executor.run(partial(reserve_stock, ReserveStock(order)))
    secured = ConsumeReservation(paid.order_id, catalog.clock.now())
    await catalog.executor.run(partial(consume_reservation, secured))
    catalog.clock.advance(hours=1)
    # Counted before the order was paid: 10 − 3 held − 2 paid since.
    old_count = OfferPatch(sku="A-1", quantity=10, as_of=NOW + timedelta(minutes=30))
    assert (await push(catalog, a_push(seller.id, old_count)))[0].available == 5
    # Counted now, so the paid units are gone from the figure already: 4 − 3 held.
    assert (await push(catalog, a_push(seller.id, OfferPatch(sku="A-1", quantity=4))))[0].available == 1
    catalog.clock.advance(minutes=1)
    lowered = (await push(catalog, a_push(seller.id, OfferPatch(sku="A-1", quantity=1))))[0]
    assert (lowered.available, lowered.shortage) == (0, 2)
    *_, last = await catalog.events("catalog.stock")
    assert last.data["lines"][0]["shortage"] == 2


@pytest.mark.parametrize("state", [SellerState.SUBMITTED, SellerState.APPROVED, SellerState.SUSPENDED])
async def test_only_an_active_seller_publishes(catalog: Any, state: SellerState) -> None:
    seller = await catalog.admit(state=state)
    with pytest.raises(SellerNotActive):
        await push(catalog, a_push(seller.id, a_patch()))
    assert await catalog.rows("select 1 from offers") == []
