"""Four eyes: what one person proposes, another one has to confirm before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from chassis.kernel.errors import Forbidden, NotFound, WrongState
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class ProposalState(StrEnum):
    """Pending until another person confirms it, somebody takes it back, or nobody cared in time."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ProposalMoveRefused(WrongState):
    """It was decided already."""

    code = "proposal_move_refused"
    title = "This proposal was confirmed, withdrawn or has lapsed"


class ProposalNotFound(NotFound):
    """There is none with this id."""

    code = "proposal_not_found"
    title = "There is no such proposal"


class ProposalPending(WrongState):
    """One at a time for a thing."""

    code = "proposal_pending"
    title = "The same is proposed already and waits for a second person"


class PeopleOnly(Forbidden):
    """Whoever holds a key is nobody in particular, so two keys may be one person."""

    code = "people_only"
    title = "Only a person who is signed in does this, no API key"


class SecondPersonNeeded(Forbidden):
    """Nobody confirms what they have proposed themselves."""

    code = "second_person_needed"
    title = "Somebody else has to confirm this: you have proposed it"


MOVES = StateTable(
    {
        ("confirm", ProposalState.PENDING): ProposalState.CONFIRMED,
        ("withdraw", ProposalState.PENDING): ProposalState.WITHDRAWN,
        ("lapse", ProposalState.PENDING): ProposalState.LAPSED,
    },
    ProposalMoveRefused,
)


@dataclass(frozen=True)
class Proposal:
    """`kind` and `subject_id` say what is to be done to what, `terms` the rest. Who proposes and decides are people's ids.

    It has no public story: what it leads to is told by whatever that changes. Times are business time.
    """

    id: Id
    version: int
    state: ProposalState
    kind: str
    subject_id: Id
    terms: Mapping[str, Any]
    reason: str
    proposed_by: Id
    proposed_at: datetime
    lapses_at: datetime
    decided_by: Id | None = None
    decided_at: datetime | None = None

    def confirm(self, by: Id, at: datetime) -> "Proposal":
        """The second person agrees. The state is asked first: who is told to find somebody else should not do so in vain."""
        confirmed = self._decided("confirm", by, at)
        if by == self.proposed_by:
            raise SecondPersonNeeded()
        return confirmed

    def withdraw(self, by: Id | None, at: datetime) -> "Proposal":
        """Whoever proposed it takes it back, somebody else says no, or (None) there is no use for it any more."""
        return self._decided("withdraw", by, at)

    def lapse(self, at: datetime) -> "Proposal":
        """Nobody has decided in time."""
        return self._decided("lapse", None, at)

    def _decided(self, move: str, by: Id | None, at: datetime) -> "Proposal":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, decided_by=by, decided_at=at)
