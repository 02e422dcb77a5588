"""The offers of a seller order become known: before the delivery, after it, after the claim window, and twice."""

from dataclasses import replace

import pytest

from aftersales.domain.coverage import CoverageState
from aftersales.domain.events import WarrantiesSet
from aftersales.domain.warranty import SoldLine
from aftersales.use_cases.note_seller_order import NoteSellerOrder, note_seller_order
from services.aftersales.tests.builders import (
    CLOSES_AT,
    DELIVERED,
    IN_A_YEAR,
    IN_TWO_YEARS,
    MARKET_FILES,
    SOLD,
    FakeUnitOfWork,
    a_coverage,
    a_shipment,
)


async def test_before_the_delivery_it_is_only_kept() -> None:
    shipment, uow = a_shipment(), FakeUnitOfWork()
    await note_seller_order(NoteSellerOrder(shipment.seller_order_id, SOLD), MARKET_FILES, uow, DELIVERED)
    assert list(await uow.sold_lines.of(shipment.seller_order_id)) == list(SOLD)
    assert not uow.events


@pytest.mark.parametrize("state", list(CoverageState))
async def test_after_the_delivery_it_completes_the_coverage_in_any_state(state: CoverageState) -> None:
    coverage = a_coverage(state, sold=())
    uow = FakeUnitOfWork(coverage)
    await note_seller_order(NoteSellerOrder(coverage.seller_order_id, SOLD), MARKET_FILES, uow, CLOSES_AT)
    completed = uow.coverages.rows[coverage.id]
    assert [line.warranty_until for line in completed.lines] == [IN_TWO_YEARS, IN_A_YEAR]
    assert completed.state is state
    (event,) = uow.published(WarrantiesSet)
    assert (event.seq, event.lines) == (coverage.version + 1, completed.lines)


async def test_told_again_it_changes_nothing() -> None:
    coverage = a_coverage(sold=())
    uow = FakeUnitOfWork(coverage)
    for months in (24, 36):
        command = NoteSellerOrder(coverage.seller_order_id, (SoldLine(1, months), SoldLine(2, None)))
        await note_seller_order(command, MARKET_FILES, uow, DELIVERED)
    assert uow.coverages.rows[coverage.id].lines[0].warranty_until == IN_TWO_YEARS
    assert len(uow.events) == 1


async def test_other_seller_orders_are_left_alone() -> None:
    coverage, other = a_coverage(sold=()), a_coverage(sold=())
    uow = FakeUnitOfWork(coverage, other)
    await note_seller_order(NoteSellerOrder(coverage.seller_order_id, SOLD), MARKET_FILES, uow, DELIVERED)
    assert uow.coverages.rows[other.id] == other


async def test_each_parcel_of_the_seller_order_is_completed() -> None:
    first = a_coverage(sold=())
    second = replace(a_coverage(sold=()), seller_order_id=first.seller_order_id)
    uow = FakeUnitOfWork(first, second)
    await note_seller_order(NoteSellerOrder(first.seller_order_id, SOLD), MARKET_FILES, uow, DELIVERED)
    assert {event.aggregate_id for event in uow.published(WarrantiesSet)} == {first.id, second.id}
