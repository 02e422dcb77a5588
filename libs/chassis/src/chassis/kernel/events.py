"""Domain events: facts in the past tense that an aggregate returns and the outbox makes public."""

from dataclasses import dataclass

from chassis.kernel.ids import Id


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """A fact about one aggregate. `seq` is the aggregate's version after the fact: exactly one event per version."""

    aggregate_id: Id
    seq: int
