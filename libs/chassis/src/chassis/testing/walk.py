"""The state-table walker: every move is tried in every state, so the illegal ones are tested too."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

from chassis.kernel.errors import WrongState
from chassis.kernel.state import StateTable

State = TypeVar("State", bound=StrEnum)


def walk(table: StateTable[State], states: Iterable[State]) -> Iterator[tuple[str, State, State | None]]:
    """Every (move, state, next state or None where the move is illegal)."""
    for state in states:
        for move in sorted(table.names):
            yield move, state, table.moves.get((move, state))


def check_every_move(
    table: StateTable[State],
    states: type[State],
    make: Callable[[State], Any],
    moves: dict[str, Callable[[Any], Any]],
    state_of: Callable[[Any], State],
) -> int:
    """Play each move of the table on an object in each state; answers how many pairs were tried.

    `make(state)` builds the object; `moves[name](object)` plays the move and gives back the new object. A legal move must
    lead where the table says; an illegal one must raise the table's refusal and name the state.
    """
    assert set(moves) == table.names, f"moves without a test: {table.names ^ set(moves)}"
    tried = 0
    for move, state, expected in walk(table, states):
        subject = make(state)
        try:
            after = moves[move](subject)
        except WrongState as refusal:
            assert expected is None, f"{move} in {state} is legal, but was refused: {refusal}"
            assert type(refusal) is table.refusal, f"{move} in {state} was refused by {type(refusal).__name__}"
        else:
            assert expected is not None, f"{move} in {state} is illegal, but went through"
            assert state_of(after) == expected, f"{move} in {state} led to {state_of(after)}, not {expected}"
        tried += 1
    return tried
