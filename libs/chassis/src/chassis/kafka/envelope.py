"""The envelope: CloudEvents 1.0 in Kafka binary mode (`ce_*` headers), JSON body, key = aggregate id."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.kernel.ids import Id

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Message:
    """One event as a consumer sees it. `data` is the JSON body; `headers` keep what came, for the dead letter."""

    topic: str
    partition: int
    offset: int
    event_id: Id
    type: str
    aggregate_id: Id
    seq: int
    occurred_at: datetime
    data: Mapping[str, Any]
    headers: Mapping[str, str]
    body: bytes


class NotAnEvent(Exception):
    """The record is not one of ours: a header is missing or the body is no JSON object."""


def headers_of(
    *,
    event_id: Id,
    type: str,
    source: str,
    seq: int,
    occurred_at: datetime,
    traceparent: str | None,
    cause_id: str | None,
) -> Headers:
    """The headers of a record; extension names are lowercase letters and digits only, as CloudEvents asks."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": type,
        "ce_source": f"/{source}",
        "ce_time": occurred_at.isoformat().replace("+00:00", "Z"),
        "ce_dataschema": f"contracts/events/{source}/{_name(type, source)}.schema.json",
        "ce_seq": str(seq),
        "content-type": "application/json",
    }
    if traceparent:
        headers["traceparent"] = traceparent
    if cause_id:
        headers["ce_causeid"] = cause_id
    return [(name, value.encode()) for name, value in headers.items()]


def _name(type: str, source: str) -> str:
    return type.removeprefix(f"{source}.")


def encode(data: Mapping[str, Any]) -> bytes:
    """The body: compact JSON with sorted keys, so that the same fact has the same bytes."""
    return json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def parse(
    *,
    topic: str,
    partition: int,
    offset: int,
    key: bytes | None,
    headers: Iterable[tuple[str, bytes]],
    body: bytes | None,
) -> Message:
    """A message from a Kafka record, or `NotAnEvent` with the reason."""
    try:
        named = {name: value.decode() for name, value in headers}
        data = json.loads(body or b"")
        if not isinstance(data, dict):
            raise NotAnEvent("the body is not a JSON object")
        return Message(
            topic=topic,
            partition=partition,
            offset=offset,
            event_id=Id(named["ce_id"]),
            type=named["ce_type"],
            aggregate_id=Id((key or b"").decode()),
            seq=int(named["ce_seq"]),
            occurred_at=datetime.fromisoformat(named["ce_time"]),
            data=data,
            headers=named,
            body=body or b"",
        )
    except (KeyError, ValueError) as error:
        raise NotAnEvent(f"{type(error).__name__}: {error}") from error
