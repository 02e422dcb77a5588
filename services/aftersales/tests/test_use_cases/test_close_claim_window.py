"""The deadline comes: the claim window closes, once."""

from datetime import timedelta

import pytest

from aftersales.domain.coverage import CoverageState
from aftersales.domain.errors import ClaimWindowStillOpen, CoverageNotFound
from aftersales.domain.events import ClaimWindowClosed
from aftersales.use_cases.close_claim_window import CloseClaimWindow, close_claim_window
from chassis.kernel.ids import new_id
from services.aftersales.tests.builders import CLAIM_UNTIL, CLOSES_AT, FakeUnitOfWork, a_coverage


async def test_the_deadline_closes_the_window_and_says_so() -> None:
    coverage = a_coverage()
    uow = FakeUnitOfWork(coverage)
    late = CLOSES_AT + timedelta(minutes=5)
    await close_claim_window(CloseClaimWindow(coverage.id), uow, late)
    assert uow.coverages.rows[coverage.id].state is CoverageState.CLAIM_WINDOW_CLOSED
    (event,) = uow.published(ClaimWindowClosed)
    assert (event.aggregate_id, event.seq, event.closed_at) == (coverage.id, 2, late)
    assert (event.order_id, event.seller_order_id) == (coverage.order_id, coverage.seller_order_id)


async def test_a_deadline_that_comes_again_finds_it_closed() -> None:
    coverage = a_coverage(CoverageState.CLAIM_WINDOW_CLOSED)
    uow = FakeUnitOfWork(coverage)
    await close_claim_window(CloseClaimWindow(coverage.id), uow, CLOSES_AT + timedelta(days=1))
    assert uow.coverages.rows[coverage.id] == coverage
    assert not uow.events


async def test_in_the_last_second_the_buyer_may_still_claim() -> None:
    coverage = a_coverage()
    uow = FakeUnitOfWork(coverage)
    with pytest.raises(ClaimWindowStillOpen):
        await close_claim_window(CloseClaimWindow(coverage.id), uow, CLAIM_UNTIL)
    assert uow.coverages.rows[coverage.id] == coverage
    assert not uow.events


async def test_a_deadline_without_a_coverage_is_a_mistake() -> None:
    with pytest.raises(CoverageNotFound):
        await close_claim_window(CloseClaimWindow(new_id()), FakeUnitOfWork(), CLOSES_AT)
