"""Use cases without a database: what they change, and what they say."""

from datetime import timedelta

import pytest

from catalog.domain.errors import SellerNotActive
from catalog.domain.events import ReservationConsumed, ReservationHeld, ReservationReleased, StockPushed
from catalog.domain.offer import OfferPatch
from catalog.domain.push import LineStatus
from catalog.domain.reservation import OrderedLine
from catalog.domain.seller import Seller, SellerState
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.note_seller import NoteSeller, note_seller
from catalog.use_cases.push_offers import LINES_PER_EVENT, push_offers
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.ids import Id, new_id

from ..builders import NOW, a_patch, a_push, a_seller, an_order
from ..memory import MemoryCatalog

LATER = NOW + timedelta(hours=1)


async def a_shelf(quantity: int = 5) -> tuple[MemoryCatalog, Seller, Id]:
    seller = a_seller()
    uow = MemoryCatalog(seller)
    (line,) = await push_offers(a_push(seller.id, a_patch(quantity=quantity)), uow, NOW)
    assert line.offer_id is not None
    return uow, seller, line.offer_id


async def test_a_large_push_is_told_in_facts_of_500_lines_with_rising_seq() -> None:
    seller = a_seller()
    uow = MemoryCatalog(seller)
    await push_offers(a_push(seller.id, *[a_patch(f"S{n}") for n in range(2 * LINES_PER_EVENT + 1)]), uow, NOW)
    told = uow.published(StockPushed)
    assert [(event.seq, len(event.lines)) for event in told] == [(1, 500), (2, 500), (3, 1)]
    assert uow.sellers.rows[seller.id].version == 3


async def test_a_push_that_changes_nothing_says_nothing() -> None:
    uow, seller, _ = await a_shelf()
    uow.events.clear()
    (line,) = await push_offers(a_push(seller.id, a_patch()), uow, LATER)
    assert line.status is LineStatus.UNCHANGED
    assert uow.events == []
    assert uow.sellers.rows[seller.id].version == 1


async def test_a_rejected_line_leaves_no_product_behind() -> None:
    seller = a_seller()
    uow = MemoryCatalog(seller)
    await push_offers(a_push(seller.id, a_patch(warranty_months=1)), uow, NOW)
    assert uow.products.rows == {}


async def test_nobody_pushes_for_a_seller_that_is_unknown_or_suspended() -> None:
    with pytest.raises(SellerNotActive):
        await push_offers(a_push(new_id(), a_patch()), MemoryCatalog(), NOW)
    seller = a_seller(state=SellerState.SUSPENDED)
    with pytest.raises(SellerNotActive):
        await push_offers(a_push(seller.id, a_patch()), MemoryCatalog(seller), NOW)


async def test_an_order_goes_from_held_to_sold() -> None:
    uow, _, offer = await a_shelf(5)
    order = an_order(OrderedLine(1, offer, 2))
    await reserve_stock(ReserveStock(order), uow, LATER)
    assert await consume_reservation(ConsumeReservation(order.order_id, LATER), uow, LATER)
    assert uow.stock.rows[offer].figures() == (5, 3, 0, 2, 0)
    told = [event for event in uow.events if event.aggregate_id == order.order_id]
    assert [type(event) for event in told] == [ReservationHeld, ReservationConsumed]
    assert [event.seq for event in told] == [1, 2]


async def test_an_order_that_ends_gives_its_units_back_with_the_reason() -> None:
    uow, _, offer = await a_shelf(5)
    order = an_order(OrderedLine(1, offer, 2))
    await reserve_stock(ReserveStock(order), uow, LATER)
    assert await release_reservation(ReleaseReservation(order.order_id, "auto_cancelled"), uow, LATER)
    assert uow.stock.rows[offer].available == 5
    assert uow.published(ReservationReleased)[0].reason == "auto_cancelled"


async def test_an_order_nobody_reserved_for_is_passed_over() -> None:
    uow = MemoryCatalog()
    assert not await consume_reservation(ConsumeReservation(new_id(), NOW), uow, NOW)
    assert not await release_reservation(ReleaseReservation(new_id(), "cancelled"), uow, NOW)
    assert uow.events == []


async def test_no_unit_is_sold_before_it_was_held_whatever_other_clocks_say() -> None:
    uow, seller, offer = await a_shelf(5)
    order = an_order(OrderedLine(1, offer, 2))
    await reserve_stock(ReserveStock(order), uow, LATER)
    # Payments' clock lags: it says that the money came before the seller even counted.
    await consume_reservation(ConsumeReservation(order.order_id, NOW - timedelta(days=1)), uow, LATER)
    assert uow.stock.rows[offer].figures() == (5, 3, 0, 2, 0)
    (line,) = await push_offers(a_push(seller.id, OfferPatch(sku="A-1", quantity=5, as_of=NOW)), uow, LATER)
    assert line.available == 3


async def test_goods_leave_from_where_the_seller_last_said() -> None:
    uow, seller, _ = await a_shelf()
    await note_seller(NoteSeller(seller.id, SellerState.ACTIVE, ship_from=("FR",)), uow, LATER)
    (line,) = await push_offers(a_push(seller.id, OfferPatch(sku="A-1", ship_from="DE")), uow, LATER)
    assert line.problem is not None
    assert line.problem.code == "market_rule_violated"
    await note_seller(NoteSeller(seller.id, ship_from=("FR", "DE")), uow, LATER)
    (line,) = await push_offers(a_push(seller.id, OfferPatch(sku="A-1", ship_from="DE")), uow, LATER)
    assert (line.status, uow.sellers.rows[seller.id].state) == (LineStatus.UPDATED, SellerState.ACTIVE)


async def test_who_only_drafts_its_application_is_nobodys_seller_yet() -> None:
    uow, _, _ = await a_shelf()
    draft = new_id()
    await note_seller(NoteSeller(draft, ship_from=("FR",)), uow, LATER)
    assert draft not in uow.sellers.rows


async def test_a_fact_without_markets_leaves_them_and_the_catalogues_count() -> None:
    uow, seller, _ = await a_shelf()
    await note_seller(NoteSeller(seller.id, SellerState.SUSPENDED), uow, LATER)
    await note_seller(NoteSeller(seller.id, SellerState.ACTIVE, ("fr-pro", "nl-market")), uow, LATER)
    after = uow.sellers.rows[seller.id]
    assert (after.state, after.markets, after.version) == (SellerState.ACTIVE, ("fr-pro", "nl-market"), 1)
