"""I23: what operators did is written down in chains that nobody has changed, nor cut off at the end."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regrade.audit.facts import AuditLog, Event, Facts
from regrade.audit.law import Finding, Witness, nothing_yet

TOPIC_END = ".audit_log"
# What the first entry of a chain names as the one before it.
_NOTHING_BEFORE = "0" * 64
_NOBODY_ACTED = "no operator has acted yet"


def every_entry_is_sealed(facts: Facts) -> Iterator[Finding]:
    """Seqs 1..n, each entry with the hash of what it says, and with the hash of the one before it."""
    if facts.audit_logs is None:
        return
    found = [witness for log in facts.audit_logs if (witness := _first_broken(log)) is not None]
    count = sum(len(log.entries) for log in facts.audit_logs)
    yield Finding("audit logs", count, "entries", tuple(found), nothing_yet(not count, _NOBODY_ACTED))


def every_published_hash_is_there(facts: Facts) -> Iterator[Finding]:
    """The hashes that were published as the acts happened are those of the entries: none was replaced, none is missing."""
    if facts.audit_logs is None or facts.events is None:
        return
    anchors = _anchors(facts.events)
    found = [witness for log in facts.audit_logs for witness in _differing(log, anchors[log.service])]
    count = sum(len(of_chain) for of_service in anchors.values() for of_chain in of_service.values())
    shown = sum(log.seq for log in facts.audit_logs)
    yield Finding("topics", count, "published hashes", tuple(found), nothing_yet(not shown, _NOBODY_ACTED))


def hash_of(entry: Mapping[str, Any]) -> str:
    """SHA-256 of the entry without its hash, as JSON by RFC 8785. Written down here a second time, on purpose."""
    said = {name: value for name, value in entry.items() if name != "hash"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _first_broken(log: AuditLog) -> Witness | None:
    """The first entry that does not fit: everything after it hangs in the air."""
    before = _NOTHING_BEFORE
    for place, entry in enumerate(log.entries, start=1):
        wrong = _what_is_wrong(log, entry, place, before)
        if wrong is not None:
            return _witness(log, place, f"entry {place} of {log.service} {wrong}")
        before = entry["hash"]
    if log.seq > len(log.entries):
        place = len(log.entries) + 1
        return _witness(log, place, f"entry {place} of {log.service} is not shown, although {log.seq} were made")
    if log.seq and log.hash != log.entries[log.seq - 1]["hash"]:
        return _witness(log, log.seq, f"the newest entry of {log.service} has another hash than is said of it")
    return None


def _what_is_wrong(log: AuditLog, entry: Mapping[str, Any], place: int, before: str) -> str | None:
    if entry["seq"] != place:
        return f"is missing: the next one there is {entry['seq']}"
    if entry["chain_id"] != log.chain_id:
        return "belongs to another chain"
    if entry["hash"] != hash_of(entry):
        return "does not say what was sealed"
    if entry["prev_hash"] != before:
        return "does not follow the entry before it"
    return None


def _anchors(events: Sequence[Event]) -> dict[str, dict[str, dict[int, str]]]:
    """Published hashes by service, chain and seq."""
    found: dict[str, dict[str, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    for event in events:
        if event.topic.endswith(TOPIC_END):
            found[event.topic.removesuffix(TOPIC_END)][event.key].setdefault(event.seq, event.data["hash"])
    return found


def _differing(log: AuditLog, anchors: Mapping[str, Mapping[int, str]]) -> Iterator[Witness]:
    for chain_id, published in anchors.items():
        if chain_id != log.chain_id:
            yield _witness(log, 1, f"{log.service} shows another log than the one whose hashes were published")
            continue
        kept = {entry["seq"]: entry["hash"] for entry in log.entries}
        last = max(published)
        for seq in range(1, last + 1):
            if seq not in published:
                yield _witness(log, seq, f"the hash of entry {seq} of {log.service} was never published")
            elif seq not in kept:
                yield _witness(log, seq, f"entry {seq} of {log.service} was published, and is gone")
            elif kept[seq] != published[seq]:
                yield _witness(log, seq, f"entry {seq} of {log.service} is another one than was published")


def _witness(log: AuditLog, seq: int, sentence: str) -> Witness:
    entry = next((one for one in log.entries if one["seq"] == seq), None)
    ids = {"service": log.service, "chain_id": log.chain_id, "seq": str(seq)}
    return Witness(sentence, ids | ({"act": str(entry["act"])} if entry else {}), seq)
