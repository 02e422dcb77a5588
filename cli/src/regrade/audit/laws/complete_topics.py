"""I16: the topics are the complete record: no gap, nothing missing, nothing that is not in the databases."""

from collections import defaultdict
from collections.abc import Iterator

from regrade.audit.facts import Facts
from regrade.audit.law import Finding, Witness, nothing_yet


def every_story_is_complete(facts: Facts) -> Iterator[Finding]:
    """Each aggregate's seqs on Kafka are 1..n, from the first offset of partitions that were never trimmed."""
    if facts.events is None:
        return
    seqs: dict[tuple[str, str], set[int]] = defaultdict(set)
    for event in facts.events:
        seqs[event.topic, event.key].add(event.seq)
    found = [
        Witness(
            f"{topic} {key}: of seqs 1 to {max(known)} {_first_missing(known)} is missing",
            {"aggregate_id": key},
            len(known),
        )
        for (topic, key), known in seqs.items()
        if max(known) != len(known) or min(known) != 1
    ]
    found += [Witness(f"the beginning of {partition} was deleted") for partition in facts.trimmed]
    found += [Witness(f"not an event of ours: {record}") for record in facts.unreadable]
    yield Finding("topics", len(seqs), "stories", tuple(found))


def versions_are_the_last_seqs(facts: Facts) -> Iterator[Finding]:
    """The version that an API or a database shows is the number of facts on the topic."""
    if facts.events is None:
        return
    last: dict[tuple[str, str], int] = defaultdict(int)
    for event in facts.events:
        last[event.topic, event.key] = max(last[event.topic, event.key], event.seq)
    for told in facts.versions:
        wanted = {key: seq for key, seq in last.items() if key[0] in told.topics}
        found = [
            Witness(
                f"{topic} {id} has version {told.versions.get((topic, id), 0)} in {told.where}, "
                f"and {wanted.get((topic, id), 0)} facts",
                {"aggregate_id": id},
            )
            for topic, id in sorted(told.versions.keys() | wanted.keys())
            if told.versions.get((topic, id), 0) != wanted.get((topic, id), 0)
        ]
        idle = nothing_yet(not wanted, f"nothing of {told.where} is on a topic yet")
        yield Finding(told.where, len(told.versions), "versions", tuple(found), idle)


def every_archived_fact_is_on_kafka(facts: Facts) -> Iterator[Finding]:
    """What a service published lies on its topic, word for word; and no fact lies there that no service wrote."""
    if facts.events is None or facts.outbox is None:
        return
    there = {event.id: event for event in facts.events}
    written = {row.id for row in facts.outbox}
    found = []
    for row in facts.outbox:
        event = there.get(row.id)
        ids = {"event_id": row.id, "aggregate_id": row.key}
        if event is None:
            if row.published:
                found.append(Witness(f"{row.service} published {row.type} seq {row.seq}, and it is not on Kafka", ids))
        elif (event.topic, event.key, event.type, event.seq) != (row.topic, row.key, row.type, row.seq):
            found.append(
                Witness(f"{row.type} seq {row.seq} of {row.service} lies at {event.place} as another fact", ids)
            )
        elif event.fact != row.fact:
            found.append(Witness(f"{row.type} seq {row.seq} says something else at {event.place}", ids))
    found += [
        Witness(f"{event.type} at {event.place} was written by no service", {"event_id": event.id})
        for event in there.values()
        if event.id not in written
    ]
    yield Finding("outboxes and topics", len(written), "facts", tuple(found))


def _first_missing(known: set[int]) -> int:
    return next(n for n in range(1, max(known) + 2) if n not in known)
