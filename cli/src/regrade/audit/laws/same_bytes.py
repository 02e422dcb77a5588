"""I17: the same event id, the same bytes."""

from collections.abc import Iterator

from regrade.audit.facts import Event, Facts
from regrade.audit.law import Finding, Witness


def a_repeat_has_the_same_bytes(facts: Facts) -> Iterator[Finding]:
    """An event that was published twice says the same twice, under the same key, type and seq."""
    if facts.events is None:
        return
    first: dict[str, Event] = {}
    found = []
    for event in facts.events:
        before = first.setdefault(event.id, event)
        if before.raw != event.raw:
            sentence = f"event {event.id} differs between {before.place} and {event.place}"
            found.append(Witness(sentence, {"event_id": event.id}))
    yield Finding("topics", len(first), "event ids", tuple(found))
