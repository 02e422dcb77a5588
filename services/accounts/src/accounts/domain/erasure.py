"""The erasure of a person or a company: asked for once, obeyed by every holder of personal data, done when all have confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from accounts.domain.errors import ErasureMoveRefused, HolderUnknown
from accounts.domain.events import ErasureCompleted, ErasureConfirmed, ErasureRequested
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Obeyed, Subject
from chassis.kernel.state import StateTable

# Who keeps something of people and companies beside accounts, which erases its own in the transaction of the request.
HOLDERS = ("aftersales", "catalog", "gateway", "orders", "payments")


class ErasureState(StrEnum):
    """Until the last holder has confirmed, and afterwards."""

    REQUESTED = "requested"
    DONE = "done"


MOVES = StateTable(
    {
        ("confirm", ErasureState.REQUESTED): ErasureState.REQUESTED,
        ("complete", ErasureState.REQUESTED): ErasureState.DONE,
    },
    ErasureMoveRefused,
)


class ErasureCause(StrEnum):
    """Who wanted it: the person, an owner for the company, the operator for the company, or the market's retention."""

    PERSON = "person"
    OWNER = "owner"
    OPERATOR = "operator"
    RETENTION = "retention"


@dataclass(frozen=True)
class Confirmation:
    """What a holder erased and what it has to keep, and when it said so (business time)."""

    obeyed: Obeyed
    at: datetime


@dataclass(frozen=True)
class Erasure:
    """`confirmations` by holder, accounts itself among them from the beginning."""

    id: Id
    version: int
    subject: Subject
    state: ErasureState
    cause: ErasureCause
    requested_at: datetime
    confirmations: Mapping[str, Confirmation] = field(default_factory=dict)
    done_at: datetime | None = None

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The holders that have not confirmed."""
        return tuple(holder for holder in HOLDERS if holder not in self.confirmations)

    @property
    def kept_until(self) -> date | None:
        """The last day on which anything of it is kept for the law's sake, as far as has been said; None: nothing is."""
        days = [kept.until for one in self.confirmations.values() for kept in one.obeyed.kept if kept.until]
        return max(days, default=None)

    def confirm(
        self, holder: str, obeyed: Obeyed, at: datetime
    ) -> tuple["Erasure", ErasureConfirmed | ErasureCompleted] | None:
        """A holder's word; None for a repeat: the first one stays."""
        if holder not in HOLDERS:
            raise HolderUnknown(holder=holder)
        if holder in self.confirmations:
            return None
        heard = {**self.confirmations, holder: Confirmation(obeyed, at)}
        after = replace(self, version=self.version + 1, confirmations=heard)
        if after.waits_for:
            after = replace(after, state=MOVES.after("confirm", self.state))
            waits = after.waits_for
            return after, ErasureConfirmed(aggregate_id=self.id, seq=after.version, holder=holder, waits_for=waits)
        after = replace(after, state=MOVES.after("complete", self.state), done_at=at)
        return after, ErasureCompleted(aggregate_id=self.id, seq=after.version, holder=holder)


def new_erasure(
    id: Id, subject: Subject, cause: ErasureCause, own: Obeyed, at: datetime
) -> tuple[Erasure, ErasureRequested]:
    """`own` is what accounts itself has just erased."""
    confirmations = {"accounts": Confirmation(own, at)}
    erasure = Erasure(id, 1, subject, ErasureState.REQUESTED, cause, at, confirmations)
    return erasure, ErasureRequested(aggregate_id=id, seq=1, company_id=subject.company_id, user_id=subject.person_id)
