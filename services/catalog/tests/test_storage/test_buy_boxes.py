"""Buy boxes on a real database: what marks them, what is decided, what is kept, and how few statements it takes."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from catalog.clients.buy_box_chore import BuyBoxChore
from catalog.domain.buy_box import FORMULAS, ranked
from catalog.domain.offer import OfferPatch
from catalog.domain.reservation import OrderedLine
from catalog.domain.seller import SellerState
from catalog.storage.buy_box_queries import BuyBoxQueries
from catalog.storage.buy_boxes import CONTENDERS_KEPT
from catalog.use_cases.note_seller import NoteSeller, note_seller
from catalog.use_cases.note_service import NoteService, note_service
from catalog.use_cases.ports_buy_box import ServiceNote
from catalog.use_cases.push_offers import push_offers
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.ids import Id, new_id
from chassis.testing.statements import sent_statements

from ..builders import IPHONE, NOW, a_patch, a_push, an_order, euros

pytestmark = pytest.mark.storage


async def push(catalog: Any, seller_id: Id, *patches: OfferPatch) -> list[Id]:
    lines = await catalog.executor.run(partial(push_offers, a_push(seller_id, *patches)))
    assert {line.status.value for line in lines} <= {"created", "updated", "unchanged"}
    return [line.offer_id for line in lines]


async def decide_all(catalog: Any) -> int:
    """Until no product is marked: how many rounds decided something."""
    chore = BuyBoxChore(catalog.executor)
    rounds = 0
    while await chore.round():
        rounds += 1
    return rounds


async def winners(catalog: Any) -> list[Id | None]:
    rows = await catalog.rows("select winner_offer_id from buy_box_decisions order by decided_at, version")
    return [row.winner_offer_id for row in rows]


async def test_the_cheaper_offer_wins_and_each_decision_is_kept(catalog: Any) -> None:
    one, two = await catalog.admit(), await catalog.admit()
    (first,) = await push(catalog, one.id, a_patch())
    await decide_all(catalog)
    catalog.clock.advance(minutes=1)
    (second,) = await push(catalog, two.id, a_patch(price=euros(38_000)))
    await decide_all(catalog)
    catalog.clock.advance(minutes=1)
    await push(catalog, two.id, OfferPatch(sku="A-1", price=euros(40_000)))
    await decide_all(catalog)
    assert await winners(catalog) == [first, second, first]
    ((box,),) = await catalog.rows("select (version, price_country, currency, market)::text from buy_boxes")
    assert box == '(3,"",EUR,fr-pro)'


async def test_a_decision_can_be_made_again_from_what_was_kept(catalog: Any) -> None:
    for n in range(5):
        seller = await catalog.admit()
        await push(catalog, seller.id, a_patch(price=euros(38_000 + 100 * n), warranty_months=12 + 3 * n))
        await decide_all(catalog)
        catalog.clock.advance(minutes=1)
    ((box_id,),) = await catalog.rows("select id from buy_boxes")
    decisions = await BuyBoxQueries(catalog.engine).decisions(box_id, None, 10)
    assert len(decisions) == 5
    for one in decisions:
        again = ranked(one.contenders, FORMULAS[one.formula])
        assert [scored.contender for scored in again] == list(one.contenders)
        assert again[0].contender.offer_id == one.winner_offer_id
        assert one.contenders_in_all == one.version
    scores = await catalog.rows(
        "select (c ->> 'score')::bigint from buy_box_decisions, jsonb_array_elements(contenders) c where version = 5"
    )
    newest = ranked(decisions[0].contenders)
    assert [score for (score,) in scores] == [scored.score for scored in newest]


async def test_what_does_not_decide_writes_nothing(catalog: Any) -> None:
    one, two, three = [await catalog.admit() for _ in range(3)]
    for seller, price in ((one, 36_000), (two, 37_000), (three, 38_000)):
        await push(catalog, seller.id, a_patch(price=euros(price)))
    await decide_all(catalog)
    catalog.clock.advance(minutes=1)
    # A feed that says the same marks nothing; nor does a new count, or what the formula does not look at.
    await push(catalog, one.id, a_patch(price=euros(36_000)))
    await push(catalog, one.id, OfferPatch(sku="A-1", quantity=3))
    await push(catalog, one.id, OfferPatch(sku="A-1", vat_regime="margin"))
    assert await catalog.rows("select 1 from buy_box_marks") == []
    # The third of three is looked at, and nothing hangs on it.
    await push(catalog, three.id, OfferPatch(sku="A-1", price=euros(37_500)))
    assert await decide_all(catalog) == 1
    assert len(await winners(catalog)) == 1


async def test_the_last_unit_held_gives_the_box_to_the_next_and_a_release_gives_it_back(catalog: Any) -> None:
    one, two = await catalog.admit(), await catalog.admit()
    (cheap,) = await push(catalog, one.id, a_patch(price=euros(30_000), quantity=2))
    (dear,) = await push(catalog, two.id, a_patch())
    await decide_all(catalog)
    for left in (1, 0):
        catalog.clock.advance(minutes=1)
        order = an_order(OrderedLine(1, cheap, 1))
        await catalog.executor.run(partial(reserve_stock, ReserveStock(order)))
        assert await decide_all(catalog) == (0 if left else 1)
    catalog.clock.advance(minutes=1)
    await push(catalog, one.id, OfferPatch(sku="A-1", quantity=9))
    await decide_all(catalog)
    assert await winners(catalog) == [cheap, dear, cheap]


async def test_a_suspended_seller_loses_all_its_boxes_and_nobody_may_win(catalog: Any) -> None:
    seller = await catalog.admit()
    (offer,) = await push(catalog, seller.id, a_patch())
    await decide_all(catalog)
    catalog.clock.advance(minutes=1)
    suspended = NoteSeller(seller.id, SellerState.SUSPENDED)
    await catalog.executor.run(partial(note_seller, suspended))
    await decide_all(catalog)
    assert await winners(catalog) == [offer, None]


async def test_an_offer_of_another_grade_leaves_its_box(catalog: Any) -> None:
    seller = await catalog.admit()
    (offer,) = await push(catalog, seller.id, a_patch())
    await decide_all(catalog)
    await push(catalog, seller.id, OfferPatch(sku="A-1", grade="fair"))
    await decide_all(catalog)
    boxes = await catalog.rows("select grade, winner_offer_id from buy_boxes order by grade")
    assert boxes == [("fair", offer), ("good", None)]


async def test_a_product_that_an_offer_is_moved_away_from_is_decided_anew(catalog: Any) -> None:
    seller = await catalog.admit()
    moved, _ = await push(catalog, seller.id, a_patch("A"), a_patch("B", product=replace(IPHONE, model="iPhone 14")))
    await decide_all(catalog)
    survivor = "(select product_id from offers where sku = 'B')"
    async with catalog.engine.begin() as connection:
        await connection.exec_driver_sql(f"update offers set product_id = {survivor} where sku = 'A'")
    await decide_all(catalog)
    boxes = await catalog.rows("select winner_offer_id from buy_boxes order by winner_offer_id is null")
    assert boxes == [(moved,), (None,)]


async def test_ten_thousand_offers_are_decided_with_a_few_statements(catalog: Any) -> None:
    sellers = [await catalog.admit() for _ in range(10)]
    for n, seller in enumerate(sellers):
        patches = [
            a_patch(f"S{k}", product=replace(IPHONE, model=f"iPhone {k}"), price=euros(30_000 + (n * 37 + k) % 500))
            for k in range(1_000)
        ]
        await push(catalog, seller.id, *patches)
    with sent_statements(catalog.engine) as statements:
        rounds = await decide_all(catalog)
    # A round takes at most 400 products; each of the last two finds nothing more to do.
    assert rounds <= 25
    assert len(statements) <= 10 * (rounds + 1)
    assert (await catalog.rows("select count(*) from buy_boxes where winner_offer_id is not null"))[0][0] == 1_000
    cheapest = await catalog.rows(
        "select count(*) from buy_boxes b join offers w on w.id = b.winner_offer_id "
        "where w.price_minor = (select min(price_minor) from offers o where o.product_id = b.product_id)"
    )
    assert cheapest == [(1_000,)]
    # One price that changes is one product looked at.
    catalog.clock.advance(minutes=1)
    await push(catalog, sellers[0].id, OfferPatch(sku="S7", price=euros(29_000)))
    with sent_statements(catalog.engine) as statements:
        assert await decide_all(catalog) == 1
    assert len(statements) <= 20
    assert (await catalog.rows("select count(*) from buy_box_decisions"))[0][0] == 1_001


async def test_of_a_very_long_ranking_the_best_are_kept(catalog: Any) -> None:
    seller = await catalog.admit()
    patches = [a_patch(f"S{n}", price=euros(40_000 - n)) for n in range(CONTENDERS_KEPT + 5)]
    *_, best = await push(catalog, seller.id, *patches)
    await decide_all(catalog)
    kept = await catalog.rows(
        "select jsonb_array_length(contenders), contenders_in_all, winner_offer_id from buy_box_decisions"
    )
    assert kept == [(CONTENDERS_KEPT, CONTENDERS_KEPT + 5, best)]


async def test_copies_that_decide_at_once_number_every_decision_once(catalog: Any) -> None:
    sellers = [await catalog.admit() for _ in range(4)]
    for round_ in range(5):
        for n, seller in enumerate(sellers):
            await push(catalog, seller.id, a_patch(price=euros(38_000 - 100 * ((n + round_) % 4))))
        copies = [BuyBoxChore(catalog.executor) for _ in range(4)]
        await asyncio.gather(*[copy.round() for copy in copies])
        await decide_all(catalog)
        catalog.clock.advance(minutes=1)
    versions = await catalog.rows("select version from buy_box_decisions order by version")
    assert [row.version for row in versions] == list(range(1, len(versions) + 1))
    ((stored, count),) = await catalog.rows("select version, (select count(*) from buy_box_decisions) from buy_boxes")
    assert stored == count >= 5


@pytest.mark.parametrize("statement", ["update buy_box_decisions set version = 9", "delete from buy_box_decisions"])
async def test_decisions_are_append_only(catalog: Any, statement: str) -> None:
    seller = await catalog.admit()
    await push(catalog, seller.id, a_patch())
    await decide_all(catalog)
    with pytest.raises(DBAPIError, match="append-only"):
        await catalog.rows(statement)


async def served(catalog: Any, *notes: ServiceNote) -> None:
    await asyncio.gather(*[catalog.executor.run(partial(note_service, NoteService(note))) for note in notes])


async def records(catalog: Any) -> dict[Id, tuple[int, int, int]]:
    rows = await catalog.rows("select seller_id, due, late, claimed from seller_records")
    return {row.seller_id: (row.due, row.late, row.claimed) for row in rows}


async def test_a_record_counts_what_was_due_late_and_claimed_in_the_window(catalog: Any) -> None:
    seller_id, orders = new_id(), [new_id() for _ in range(6)]
    day = NOW - timedelta(days=2)
    in_time, late, never, old, today, claimed = orders
    due = {in_time: day, late: day, never: day, old: NOW - timedelta(days=92), today: NOW, claimed: day}
    # Facts of one order come in any order.
    await served(
        catalog, *[ServiceNote(id, shipped_at=day) for id in (in_time, claimed, old)], ServiceNote(claimed, claims=1)
    )
    await served(catalog, *[ServiceNote(id, seller_id=seller_id, ship_by=by) for id, by in due.items()])
    await served(catalog, ServiceNote(late, shipped_at=day + timedelta(seconds=1)), ServiceNote(in_time, claims=1))
    await served(catalog, ServiceNote(in_time, claims=-1))
    await decide_all(catalog)
    assert await records(catalog) == {seller_id: (4, 2, 1)}
    # The day after, today's order counts as well: it never left.
    catalog.clock.advance(days=1)
    await decide_all(catalog)
    assert await records(catalog) == {seller_id: (5, 3, 1)}
    catalog.clock.advance(days=200)
    await decide_all(catalog)
    assert await records(catalog) == {seller_id: (0, 0, 0)}


async def test_a_seller_that_sends_late_loses_to_one_that_is_a_little_dearer(catalog: Any) -> None:
    late, punctual = await catalog.admit(), await catalog.admit()
    (cheap,) = await push(catalog, late.id, a_patch(price=euros(38_000)))
    (dear,) = await push(catalog, punctual.id, a_patch(price=euros(38_500)))
    await decide_all(catalog)
    yesterday = NOW - timedelta(days=1)
    await served(catalog, *[ServiceNote(new_id(), seller_id=late.id, ship_by=yesterday) for _ in range(20)])
    catalog.clock.advance(days=1)
    await decide_all(catalog)
    assert await winners(catalog) == [cheap, dear]
    ((kept,),) = await catalog.rows("select contenders from buy_box_decisions where version = 2")
    # (20 late + 5 % of 20) of 40 orders.
    assert {one["offer_id"]: one["late_share"] for one in kept} == {str(cheap): 5_250, str(dear): 500}


async def test_an_order_does_not_pay_for_the_offers_it_has_nothing_to_do_with(catalog: Any) -> None:
    seller = await catalog.admit()
    await push(catalog, seller.id, *[a_patch(f"S{n}") for n in range(1_000)])
    async with catalog.engine.begin() as connection:
        await connection.exec_driver_sql("analyze")
    # Of this one session: what others did before may be counted at any time.
    asked = "select seq_scan from pg_stat_xact_user_tables where relname = 'offers'"
    async with catalog.engine.begin() as connection:
        before = (await connection.exec_driver_sql(asked)).scalar_one()
        only = "(select offer_id from stock limit 1)"
        await connection.exec_driver_sql(f"update stock set available = 0, held = 5 where offer_id = {only}")
        after = (await connection.exec_driver_sql(asked)).scalar_one()
    assert len(await catalog.rows("select 1 from buy_box_marks where cardinality(product_ids) = 1")) >= 1
    assert after == before
