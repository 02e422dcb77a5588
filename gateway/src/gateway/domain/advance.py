"""How the test clock advances: to the next thing that is due, wait until all is quiet, and so on to the target.

Moving straight to the target would let deadlines act in any order; going from one due instant to the next makes five
business days in a second look like five business days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chassis.kernel.errors import Invalid, WrongState
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class AdvanceState(StrEnum):
    """An advance runs until the clock stands at its target and everything is quiet."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class AdvanceEnded(WrongState):
    """The advance is over."""

    code = "advance_ended"
    title = "This advance of the test clock has ended"


class TargetInThePast(Invalid):
    """The test clock only moves forward."""

    code = "target_in_the_past"
    title = "The test clock only moves forward"


class TargetTooFar(Invalid):
    """A clock that only moves forward cannot be brought back from the year 9999."""

    code = "target_too_far"
    title = "The test clock moves 400 days at a time at the most"


STEP_MAX = timedelta(days=400)

TABLE = StateTable(
    {
        ("step", AdvanceState.RUNNING): AdvanceState.RUNNING,
        ("finish", AdvanceState.RUNNING): AdvanceState.DONE,
        ("fail", AdvanceState.RUNNING): AdvanceState.FAILED,
    },
    AdvanceEnded,
)


@dataclass(frozen=True)
class Advance:
    """One move of the test clock from `started_from` to `target`; `reached` is where it stands."""

    id: Id
    version: int
    state: AdvanceState
    started_from: datetime
    target: datetime
    reached: datetime
    reason: str = ""

    def stepped_to(self, instant: datetime) -> "Advance":
        """The clock stands at `instant`, on its way to the target."""
        return self._after("step", reached=instant)

    def finished(self) -> "Advance":
        """The clock stands at the target and all is quiet."""
        return self._after("finish", reached=self.target)

    def failed(self, reason: str) -> "Advance":
        """It did not become quiet; the reason says who was busy."""
        return self._after("fail", reason=reason)

    def _after(self, move: str, **changes: Any) -> "Advance":
        return replace(self, version=self.version + 1, state=TABLE.after(move, self.state), **changes)


def new_advance(id: Id, now: datetime, target: datetime) -> Advance:
    """An advance that starts now."""
    if target <= now:
        raise TargetInThePast(f"it is {now.isoformat()}", now=now.isoformat())
    if target > now + STEP_MAX:
        raise TargetTooFar(f"it is {now.isoformat()}", now=now.isoformat())
    return Advance(id, 1, AdvanceState.RUNNING, now, target, now)


@dataclass(frozen=True)
class Standing:
    """How one part of the platform stands."""

    name: str
    busy_with: tuple[str, ...]
    next_due_at: datetime | None

    @property
    def is_quiet(self) -> bool:
        """Nothing waits there."""
        return not self.busy_with


def next_stop(standings: Sequence[Standing], target: datetime) -> datetime:
    """The earliest due instant up to the target, or the target."""
    return min([target, *(one.next_due_at for one in standings if one.next_due_at is not None)])


def busy_ones(standings: Sequence[Standing]) -> str:
    """Who is busy with what, for the message of a failure."""
    return "; ".join(f"{one.name}: {', '.join(one.busy_with)}" for one in standings if not one.is_quiet)
