"""A state machine as a table: every legal move is written down once, every other move is refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from chassis.kernel.errors import WrongState

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class StateTable(Generic[State]):
    """`moves[(move, state)]` is the next state; `refusal` is the named error for all other pairs."""

    moves: Mapping[tuple[str, State], State]
    refusal: type[WrongState]

    def after(self, move: str, state: State) -> State:
        """The state after `move`, or the table's named refusal with the current state in it."""
        try:
            return self.moves[move, state]
        except KeyError:
            raise self.refusal(f"cannot {move} while {state}", state=str(state), move=move) from None

    def allows(self, move: str, state: State) -> bool:
        """Whether the move is legal in that state."""
        return (move, state) in self.moves

    @property
    def names(self) -> frozenset[str]:
        """All moves the table knows."""
        return frozenset(move for move, _ in self.moves)
