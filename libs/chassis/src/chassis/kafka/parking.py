"""Where messages wait: a poison message and whatever follows it in the same aggregate, or what came before its predecessor."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.kafka.envelope import Message, parse
from chassis.kernel.ids import Id

POISON = "poison"
BEHIND = "behind"
GAP = "gap"
NOT_AN_EVENT = "not_an_event"

Key = tuple[str, Id]


@dataclass(frozen=True)
class Parked:
    """A waiting message and why it waits."""

    handler: str
    message: Message
    reason: str


_PARK = text(
    "insert into parked (handler, aggregate_id, seq, event_id, topic, type, kafka_partition, kafka_offset, headers, body, "
    "reason, detail, attempts) values (:handler, :aggregate_id, :seq, :event_id, :topic, :type, :partition, :offset, "
    "cast(:headers as jsonb), :body, :reason, :detail, :attempts) on conflict do nothing"
)
_READ = (
    "select handler, aggregate_id, seq, topic, kafka_partition, kafka_offset, headers, body, reason from parked "
    "where handler = any($1::text[]) and aggregate_id = any($2::uuid[]) and reason <> 'not_an_event' "
    "order by handler, aggregate_id, seq"
)
_REMOVE = text("delete from parked where handler = :handler and aggregate_id = :aggregate_id and seq = :seq")


async def park(
    connection: AsyncConnection, handler: str, message: Message, reason: str, *, detail: str = "", attempts: int = 0
) -> None:
    """Keep the whole message, so that it can be handled later without Kafka."""
    await connection.execute(
        _PARK,
        {
            "handler": handler,
            "aggregate_id": message.aggregate_id,
            "seq": message.seq,
            "event_id": message.event_id,
            "topic": message.topic,
            "type": message.type,
            "partition": message.partition,
            "offset": message.offset,
            "headers": json.dumps(dict(message.headers)),
            "body": message.body,
            "reason": reason,
            "detail": detail[:500],
            "attempts": attempts,
        },
    )


async def parked(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, list[Parked]]:
    """What waits for these aggregates, in their order."""
    handlers, aggregates = sorted({handler for handler, _ in keys}), sorted({one for _, one in keys})
    waiting: dict[Key, list[Parked]] = {}
    for row in await direct.read(connection, _READ, handlers, aggregates):
        key = (row["handler"], row["aggregate_id"])
        if key in keys:
            message = parse(
                topic=row["topic"],
                partition=row["kafka_partition"],
                offset=row["kafka_offset"],
                key=str(row["aggregate_id"]).encode(),
                headers=[(name, value.encode()) for name, value in row["headers"].items()],
                body=row["body"],
            )
            waiting.setdefault(key, []).append(Parked(row["handler"], message, row["reason"]))
    return waiting


async def remove(connection: AsyncConnection, waiting: Sequence[Parked]) -> None:
    """They have been handled."""
    for one in waiting:
        await connection.execute(
            _REMOVE,
            {"handler": one.handler, "aggregate_id": one.message.aggregate_id, "seq": one.message.seq},
        )
