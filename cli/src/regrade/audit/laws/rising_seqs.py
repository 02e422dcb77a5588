"""I18: first occurrences rise: who reads a partition from the beginning meets each story in its order."""

from collections.abc import Iterator

from regrade.audit.facts import Facts
from regrade.audit.law import Finding, Witness


def first_occurrences_rise(facts: Facts) -> Iterator[Finding]:
    """Repeats aside, an aggregate's facts lie in one partition, each after the one before, each seq under one id."""
    if facts.events is None:
        return
    home: dict[tuple[str, str], int] = {}
    newest: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    found = []
    for event in sorted(facts.events, key=lambda one: (one.topic, one.partition, one.offset)):
        story = (event.topic, event.key)
        ids = {"aggregate_id": event.key, "event_id": event.id}
        if home.setdefault(story, event.partition) != event.partition:
            found.append(Witness(f"{event.topic} {event.key} lies in two partitions", ids))
        if event.id in seen:
            continue
        seen.add(event.id)
        before = newest.get(story, 0)
        if event.seq <= before:
            found.append(Witness(f"{event.place}: seq {event.seq} of {event.key} first comes after seq {before}", ids))
        newest[story] = max(before, event.seq)
    yield Finding("topics", len(seen), "events", tuple(found))
