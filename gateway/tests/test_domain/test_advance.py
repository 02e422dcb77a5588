"""The test clock goes from one due instant to the next, and only forward."""

from datetime import timedelta

import pytest

from chassis.kernel.ids import new_id
from chassis.testing.clock import START
from chassis.testing.walk import check_every_move
from gateway.domain.advance import (
    TABLE,
    Advance,
    AdvanceState,
    Standing,
    TargetInThePast,
    TargetTooFar,
    busy_ones,
    new_advance,
    next_stop,
)


def an_advance(state: AdvanceState = AdvanceState.RUNNING) -> Advance:
    return Advance(new_id(), 1, state, START, START + timedelta(days=5), START)


def test_every_move_in_every_state() -> None:
    tried = check_every_move(
        TABLE,
        AdvanceState,
        an_advance,
        {
            "step": lambda one: one.stepped_to(START + timedelta(days=1)),
            "finish": Advance.finished,
            "fail": lambda one: one.failed("orders: lag 3"),
        },
        lambda one: one.state,
    )
    assert tried == 9


def test_a_target_in_the_past_is_refused() -> None:
    for target in (START, START - timedelta(seconds=1)):
        with pytest.raises(TargetInThePast):
            new_advance(new_id(), START, target)


def test_the_next_stop_is_the_earliest_deadline_up_to_the_target() -> None:
    target = START + timedelta(days=5)
    in_two, in_nine = START + timedelta(days=2), START + timedelta(days=9)
    standings = [Standing("orders", (), in_two), Standing("payments", (), in_nine), Standing("catalog", (), None)]
    assert next_stop(standings, target) == in_two
    assert next_stop(standings[1:], target) == target
    assert next_stop([], target) == target


def test_who_is_busy_is_said_by_name() -> None:
    standings = [Standing("orders", ("lag 3", "timers_due 1"), None), Standing("catalog", (), None)]
    assert busy_ones(standings) == "orders: lag 3, timers_due 1"


def test_the_clock_cannot_be_sent_where_nobody_brings_it_back_from() -> None:
    assert new_advance(new_id(), START, START + timedelta(days=400)).target == START + timedelta(days=400)
    with pytest.raises(TargetTooFar):
        new_advance(new_id(), START, START + timedelta(days=400, seconds=1))
