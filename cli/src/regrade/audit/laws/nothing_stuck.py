"""I20: nothing waits and nothing is stuck: outboxes empty, timers acted on, no lag, nothing parked."""

from collections.abc import Iterator

from regrade.audit.facts import Facts
from regrade.audit.law import Finding, Witness


def nothing_waits(facts: Facts) -> Iterator[Finding]:
    """Every service answers and has nothing left to do; a dead timer or a parked message needs a person."""
    if not facts.stands:
        return
    found = [
        Witness(f"{stand.service}: {', '.join(stand.worries)}", {"service": stand.service})
        for stand in facts.stands
        if stand.worries
    ]
    yield Finding("services", len(facts.stands), "services", tuple(found))
