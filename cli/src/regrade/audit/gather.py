"""Reads everything the laws ask about, from the sides that were chosen, while nothing moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regrade.audit.databases import Inside, read_databases, read_mark, read_stands
from regrade.audit.facts import AuditLog, Book, Facts, Picture, ProviderLine, Stand
from regrade.audit.hold_rules import read_hold_rules
from regrade.audit.laws.audit_logs import TOPIC_END
from regrade.audit.picture_of_databases import book_of_database
from regrade.audit.picture_of_topics import book_of_topic, picture_of_topics, shipped_units, stories_of
from regrade.audit.places import Places
from regrade.audit.progress import Bars
from regrade.audit.provider_api import read_provider, read_under_way
from regrade.audit.public_api import Door, Shown, read_api, read_audit_logs
from regrade.audit.rest import wait_for_rest
from regrade.audit.topics import Topics, read_end, read_topics

_TRIES = 3


@dataclass(frozen=True)
class Sides:
    """Which sides are looked at."""

    outside: bool = True
    inside: bool = True


@dataclass(frozen=True)
class _Outside:
    topics: Topics
    shown: Shown
    picture: Picture
    books: tuple[Book, ...]
    stands: tuple[Stand, ...]
    provider: tuple[ProviderLine, ...] | None
    audit_logs: tuple[AuditLog, ...]


async def gather(places: Places, sides: Sides, patience_seconds: float, bars: Bars) -> Facts:
    """All facts. Waits for quiet first; what moved while it was read is read again, a few times."""
    with bars.step("waiting for quiet") as advance:
        unrest = await wait_for_rest(lambda: _look(places, sides), patience_seconds, advance)
    for left in reversed(range(_TRIES)):
        before = await _mark(places, sides)
        facts = await _read(places, sides, bars)
        if unrest is not None or await _mark(places, sides) == before:
            return replace(facts, unrest=unrest)
        if left == 0:
            unrest = "the platform moved each time while it was read"
    return replace(facts, unrest=unrest)


async def gather_audit_logs(places: Places, bars: Bars) -> Facts:
    """The audit logs and the hashes that were published of them; nothing has to stand still for that."""
    with bars.step("published hashes") as advance:
        topics = await read_topics(places.kafka, advance, TOPIC_END)
    with bars.step("audit logs"), Door(places.gateway, places.auditor_key) as door:
        return Facts(events=topics.events, audit_logs=read_audit_logs(door))


async def _look(places: Places, sides: Sides) -> tuple[Sequence[Stand], int]:
    if not sides.outside:
        return await read_stands(places.databases), 0
    with Door(places.gateway, places.auditor_key) as door:
        return door.stands(), read_under_way(places.sandbox) if places.sandbox else 0


async def _mark(places: Places, sides: Sides) -> tuple[int, int]:
    end = await read_end(places.kafka) if sides.outside else 0
    return end, await read_mark(places.databases) if sides.inside else 0


async def _read(places: Places, sides: Sides, bars: Bars) -> Facts:
    outside = await _read_outside(places, bars) if sides.outside else None
    inside: Inside | None = None
    if sides.inside:
        with bars.step("databases") as advance:
            inside = await read_databases(places.databases, advance)
    return _facts(outside, inside, places)


async def _read_outside(places: Places, bars: Bars) -> _Outside:
    with bars.step("topics") as advance:
        topics = await read_topics(places.kafka, advance)
    stories = stories_of(topics.events)
    with Door(places.gateway, places.auditor_key) as door, bars.step("API and invoices") as advance:
        shown = read_api(door, shipped_units(stories), advance)
        picture = picture_of_topics(stories, shown, door.now())
        stands = door.stands()
        logs = read_audit_logs(door)
    provider = read_provider(places.psp) if places.psp else None
    return _Outside(topics, shown, picture, (book_of_topic(stories), shown.book), stands, provider, logs)


def _facts(outside: _Outside | None, inside: Inside | None, places: Places) -> Facts:
    facts = Facts(hold_rules=read_hold_rules(places.markets))
    if outside is not None:
        facts = replace(
            facts,
            pictures=(outside.picture,),
            books=outside.books,
            events=outside.topics.events,
            unreadable=outside.topics.unreadable,
            trimmed=outside.topics.trimmed,
            versions=outside.shown.versions,
            stands=outside.stands,
            provider=outside.provider,
            audit_logs=outside.audit_logs,
        )
    if inside is not None:
        facts = replace(
            facts,
            pictures=(*facts.pictures, inside.picture()),
            books=(*facts.books, book_of_database(inside.rows)),
            outbox=inside.outbox,
            versions=(*facts.versions, *inside.versions),
            stands=facts.stands or inside.stands,
            # The provider's own word, or the sandbox's database where it does not answer.
            provider=inside.provider if facts.provider is None else facts.provider,
            canaries=inside.canaries,
        )
    return facts
