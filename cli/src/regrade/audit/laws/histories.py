"""I11: every story is a path of its published machine."""

from collections import defaultdict
from collections.abc import Iterator

from regrade.audit.facts import Event, Facts, Picture, Step
from regrade.audit.law import Finding, Witness, nothing_yet
from regrade.audit.machines import MACHINES


def the_facts_follow_the_machine(facts: Facts) -> Iterator[Finding]:
    """On the topics: each aggregate's facts, in their order, are moves that its machine knows."""
    if facts.events is None:
        return
    stories: dict[tuple[str, str], dict[int, Event]] = defaultdict(dict)
    for event in facts.events:
        if event.topic in MACHINES:
            stories[event.topic, event.key].setdefault(event.seq, event)
    found = [
        witness
        for (topic, key), story in stories.items()
        if (witness := _off_the_path(topic, key, [story[seq] for seq in sorted(story)])) is not None
    ]
    yield Finding("topics", len(stories), "stories", tuple(found))


def the_history_follows_the_machine(picture: Picture) -> Finding | None:
    """In the orders' own history: states join up, each move is an edge, versions are 1..n, and the last state is today's."""
    if picture.history is None:
        return None
    stories: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in picture.history:
        stories[step.machine, step.id].append(step)
    today = {("orders.order", order.id): order.state for order in picture.orders}
    today |= {("orders.seller_order", part.id): part.state for part in picture.seller_orders}
    found = [
        witness
        for (machine, id), steps in stories.items()
        if (witness := _broken(machine, id, steps, today.get((machine, id)))) is not None
    ]
    found += [
        Witness(f"{machine} {id} has no history", {"aggregate_id": id})
        for machine, id in today
        if (machine, id) not in stories
    ]
    return Finding(
        picture.where, len(stories), "histories", tuple(found), nothing_yet(not today, "nobody has ordered yet")
    )


def _off_the_path(topic: str, key: str, story: list[Event]) -> Witness | None:
    machine = MACHINES[topic]
    state: str | None = None
    for n, event in enumerate(story, start=1):
        after = machine.first.get(event.name) if state is None else machine.moves.get((state, event.name))
        if after is None:
            sentence = f"{topic} {key}: {event.name!r} may not follow {state or 'nothing'}"
            return Witness(sentence, {"aggregate_id": key, "event_id": event.id, "place": event.place}, n)
        state = after
    return None


def _broken(machine: str, id: str, steps: list[Step], today: str | None) -> Witness | None:
    edges = MACHINES[machine].edges()
    state: str | None = None
    version = 0
    for n, step in enumerate(steps, start=1):
        ids = {"aggregate_id": id, "move": step.move}
        if step.from_state == step.to_state == state and step.version == version:
            # A fact that changed nothing by rule, told for the reader.
            continue
        if step.from_state != state:
            return Witness(f"{machine} {id}, step {n}: it was {state} and moves from {step.from_state}", ids, n)
        if step.version != version + 1:
            return Witness(f"{machine} {id}, step {n}: version {step.version} follows {version}", ids, n)
        starts = state is None and step.to_state in MACHINES[machine].first.values()
        if not starts and (step.from_state, step.to_state) not in edges:
            return Witness(f"{machine} {id}, step {n}: no move leads from {state} to {step.to_state}", ids, n)
        state, version = step.to_state, step.version
    if today is not None and state != today:
        return Witness(f"{machine} {id} is {today}, its history ends in {state}", {"aggregate_id": id}, len(steps))
    return None
