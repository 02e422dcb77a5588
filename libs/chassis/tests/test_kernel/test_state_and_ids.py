"""State tables refuse by name; ids rise and can be derived again."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from toy.service import TABLE, Counter, CounterClosed, CounterState

from chassis.kernel.errors import NotFound
from chassis.kernel.ids import derived_id, new_id
from chassis.testing.walk import check_every_move


def test_an_illegal_move_is_refused_with_the_state_in_it() -> None:
    with pytest.raises(CounterClosed) as refusal:
        TABLE.after("raise", CounterState.CLOSED)
    assert refusal.value.facts == {"state": "closed", "move": "raise"}
    assert TABLE.allows("close", CounterState.OPEN)
    assert not TABLE.allows("close", CounterState.CLOSED)


def a_counter(state: CounterState) -> Counter:
    return Counter(new_id(), 1, 0, state)


def test_the_walker_plays_every_move_in_every_state() -> None:
    moves = {"raise": lambda one: one.raised(1)[0], "close": Counter.closed}
    assert check_every_move(TABLE, CounterState, a_counter, moves, lambda one: one.state) == 4


def test_the_walker_finds_a_move_that_announces_what_it_does_not_do() -> None:
    @dataclass(frozen=True)
    class Liar:
        state: CounterState

    moves = {"raise": lambda one: one, "close": lambda one: one}
    with pytest.raises(AssertionError, match="close in open led to open"):
        check_every_move(TABLE, CounterState, Liar, moves, lambda one: one.state)


def test_the_walker_wants_a_test_for_every_move() -> None:
    with pytest.raises(AssertionError, match="close"):
        check_every_move(TABLE, CounterState, a_counter, {"raise": lambda one: one.raised(1)[0]}, lambda one: one.state)


def test_ids_rise_with_time() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000


def test_a_derived_id_is_the_same_again() -> None:
    order = new_id()
    assert derived_id(order, "seller-1") == derived_id(order, "seller-1")
    assert derived_id(order, "seller-1") != derived_id(order, "seller-2") != derived_id(new_id(), "seller-2")


def test_a_refusal_without_detail_says_its_title() -> None:
    assert str(NotFound()) == NotFound.title


def test_an_armed_failpoint_kills_at_the_pass_it_names() -> None:
    program = (
        "from chassis.kernel.failpoints import reach\nfor n in range(1, 5):\n    reach('a.b'); print(n, flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"REGRADE_FAILPOINTS": "other:1,a.b:3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (-9, ["1", "2"])
