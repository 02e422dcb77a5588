"""A coverage: every move in every state, never a second early, and warranties that are known late."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aftersales.domain.coverage import MOVES, Coverage, CoverageState
from aftersales.domain.errors import ClaimWindowStillOpen
from aftersales.domain.warranty import CoveredLine
from chassis.testing.walk import check_every_move
from services.aftersales.tests.builders import (
    CLAIM_UNTIL,
    CLOSES_AT,
    DELIVERED,
    IMEI,
    IN_A_YEAR,
    IN_TWO_YEARS,
    SERIAL,
    SOLD,
    a_coverage,
    the_rules,
)


def test_every_move_in_every_state() -> None:
    def set_warranties(coverage: Coverage) -> Coverage:
        return coverage.set_warranties(SOLD, the_rules())[0]

    def close(coverage: Coverage) -> Coverage:
        return coverage.close_claim_window(CLOSES_AT)[0]

    moves: dict[str, Callable[[Any], Any]] = {"set_warranties": set_warranties, "close_claim_window": close}
    assert check_every_move(MOVES, CoverageState, a_coverage, moves, lambda coverage: coverage.state) == 4


def test_the_claim_window_never_closes_a_second_early() -> None:
    coverage = a_coverage()
    for early in (DELIVERED, CLAIM_UNTIL, CLOSES_AT - timedelta(microseconds=1)):
        with pytest.raises(ClaimWindowStillOpen):
            coverage.close_claim_window(early)
    closed, event = coverage.close_claim_window(CLOSES_AT)
    assert (closed.closed_at, event.closed_at) == (CLOSES_AT, CLOSES_AT)


def test_each_version_has_one_event() -> None:
    coverage = a_coverage(sold=())
    completed, warranties_set = coverage.set_warranties(SOLD, the_rules())
    closed, window_closed = completed.close_claim_window(CLOSES_AT)
    assert [coverage.version, completed.version, closed.version] == [1, 2, 3]
    assert [warranties_set.seq, window_closed.seq] == [2, 3]
    assert {warranties_set.aggregate_id, window_closed.aggregate_id} == {coverage.id}


def test_an_offer_may_promise_more_than_the_market_and_never_less() -> None:
    phone, laptop = a_coverage(sold=SOLD).lines
    assert (phone.warranty_until, laptop.warranty_until) == (IN_TWO_YEARS, IN_A_YEAR)


def test_a_parcel_is_covered_before_its_offers_are_known() -> None:
    coverage = a_coverage(sold=())
    assert coverage.lacks_warranties
    assert coverage.windows.claim_until == CLAIM_UNTIL
    assert coverage.lines == (CoveredLine(1, (IMEI,), None), CoveredLine(2, (SERIAL,), None))


def test_late_warranties_are_those_that_would_have_been_set_at_once() -> None:
    completed, event = a_coverage(sold=()).set_warranties(SOLD, the_rules())
    assert completed.lines == event.lines == a_coverage(sold=SOLD).lines
    assert not completed.lacks_warranties
