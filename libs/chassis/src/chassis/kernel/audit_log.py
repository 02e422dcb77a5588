"""The audit log: who of the operator did what to whom, one entry an act, each sealed with the hash of the one before."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id

# What the first entry of a chain names as the one before it.
NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True)
class Actor:
    """A person who is signed in, an API key, or the platform itself (which has no id). People have a role."""

    kind: Literal["person", "key", "platform"]
    id: Id | None = None
    role: str | None = None


PLATFORM = Actor("platform")


@dataclass(frozen=True)
class Act:
    """What shall be written down. `code` is stable: over HTTP the operation's id.

    `details` hold texts, whole numbers, truths, lists and objects of these, and nothing personal: use `Personal`.
    """

    code: str
    actor: Actor
    subject_kind: str
    subject_id: str
    details: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Entry:
    """An act in its chain: `at` is real time, `business_at` the platform's. `hash` seals all the rest."""

    chain_id: Id
    seq: int
    at: datetime
    business_at: datetime
    act: Act
    prev_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class EntryRecorded(DomainEvent):
    """An act of the operator was written down; whoever keeps its hash can tell whether the log is still the same."""

    act: str
    hash: str
    recorded_at: datetime


def anchor(event: EntryRecorded) -> dict[str, Any]:
    """The public body of the fact; its `seq` is the entry's."""
    return {
        "audit_log_id": str(event.aggregate_id),
        "act": event.act,
        "hash": event.hash,
        "recorded_at": instant(event.recorded_at),
    }


@dataclass(frozen=True)
class Personal:
    """A value that belongs to a person: only a keyed hash of it is kept, to prove later what it was."""

    value: Any


def sealed(chain_id: Id, seq: int, at: datetime, business_at: datetime, act: Act, prev_hash: str) -> Entry:
    """The entry with its hash."""
    entry = Entry(chain_id, seq, at, business_at, act, prev_hash, "")
    return Entry(chain_id, seq, at, business_at, act, prev_hash, hash_of(entry))


def hash_of(entry: Entry) -> str:
    """SHA-256, in hex, of the canonical text."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def canonical(entry: Entry) -> bytes:
    """The entry as it is shown, without its hash: JSON by RFC 8785 (keys sorted, no blanks, UTF-8)."""
    return as_json({name: value for name, value in shown(entry).items() if name != "hash"}).encode()


def shown(entry: Entry) -> dict[str, Any]:
    """The entry as the API shows it; the hash is over exactly these values."""
    act = entry.act
    return {
        "chain_id": str(entry.chain_id),
        "seq": entry.seq,
        "at": instant(entry.at),
        "business_at": instant(entry.business_at),
        "act": act.code,
        "actor": {"kind": act.actor.kind, "id": str(act.actor.id) if act.actor.id else None, "role": act.actor.role},
        "subject": {"kind": act.subject_kind, "id": act.subject_id},
        "details": dict(act.details),
        "reason": act.reason,
        "request_id": act.request_id,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }


def as_json(value: Any) -> str:
    """By RFC 8785, for values that hold no fractions."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def instant(at: datetime) -> str:
    """To the microsecond, always in the same form: the text is part of what is hashed."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def changed(before: Mapping[str, Any], after: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """The fields that differ, each with what it was and what it is; personal ones as hashes under `key`."""
    names = sorted({*before, *after})
    return {
        name: {"before": _plain(before.get(name), key), "after": _plain(after.get(name), key)}
        for name in names
        if before.get(name) != after.get(name)
    }


def secret_for_hashes(secret: str) -> bytes:
    """The key of hashes of personal values, derived from a secret that the service has anyway."""
    return hmac.digest(secret.encode(), b"regrade audit log: personal values", "sha256")


def _plain(value: Any, key: bytes) -> Any:
    match value:
        case Personal(None):
            return None
        case Personal():
            text = as_json(_plain(value.value, key))
            return "hmac-sha256:" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        case None | bool() | int():
            return value
        case datetime():
            return instant(value)
        case Mapping():
            return {str(name): _plain(one, key) for name, one in value.items()}
        case str():
            return str(value)
        case set() | frozenset():
            return sorted(str(one) for one in value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _plain(asdict(value), key)
        case Sequence():
            return [_plain(one, key) for one in value]
        case _:
            return str(value)
