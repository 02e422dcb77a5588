"""What a batch of messages does to the database: each is applied once and in its aggregate's order, or parked.

Per (handler, aggregate) a watermark holds the last `seq` applied: the next one is applied, an older one is a repeat and
dropped, a later one waits. Effects, watermarks and outgoing events commit together.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic

from opentelemetry import trace
from opentelemetry.propagate import extract
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, UUID

from chassis.db.executor import Executor, Transaction, U, Work, current_traceparent
from chassis.kafka import parking
from chassis.kafka.envelope import Message
from chassis.kafka.parking import Key, Parked
from chassis.kernel.ids import Id

tracer = trace.get_tracer("regrade.consumer")

# Topic → what to do with a message of it: a bound use case, or None where the type is of no interest to the service.
InboundHandlers = Mapping[str, Callable[[Message], Work[U, Any] | None]]

_KEYS = "select * from unnest(cast(:handlers as text[]), cast(:aggregates as uuid[])) as k(handler, aggregate_id)"
_arrays = (bindparam("handlers", type_=ARRAY(TEXT)), bindparam("aggregates", type_=ARRAY(UUID)))
_LOCK = text(
    f"select w.handler, w.aggregate_id, w.seq from watermarks w join ({_KEYS}) k using (handler, aggregate_id) "
    "order by 1, 2 for update of w"
).bindparams(*_arrays)
# New aggregates get their row first: the lock then also keeps out a second consumer that thinks it owns them.
_TAKE = text(
    f"with new as (insert into watermarks (handler, aggregate_id, seq) select handler, aggregate_id, 0 from ({_KEYS}) k "
    "order by 1, 2 on conflict do nothing returning handler, aggregate_id, seq), "
    f"old as ({_LOCK.text}) select * from new union all select * from old"
).bindparams(*_arrays)
_ADVANCE = text(
    "update watermarks w set seq = k.seq from unnest(cast(:handlers as text[]), cast(:aggregates as uuid[]), "
    "cast(:seqs as integer[])) as k(handler, aggregate_id, seq) "
    "where w.handler = k.handler and w.aggregate_id = k.aggregate_id"
).bindparams(*_arrays)


class Inbox(Generic[U]):
    """Applies messages through the executor. `name` is the service: each of its topics is one handler."""

    def __init__(self, executor: Executor[U], name: str, handlers: InboundHandlers[U]) -> None:
        self._executor = executor
        self._name = name
        self._handlers = handlers

    @property
    def topics(self) -> list[str]:
        """The topics this service reads."""
        return sorted(self._handlers)

    def handler_of(self, topic: str) -> str:
        """The name under which watermarks and parked messages of a topic are kept."""
        return f"{self._name}:{topic}"

    async def apply(self, messages: Sequence[Message]) -> None:
        """Apply a batch in one transaction; raises, with nothing changed, if any message cannot be handled."""
        async with self._executor.transaction(cause="consumer") as transaction:
            keys = {(self.handler_of(message.topic), message.aggregate_id) for message in messages}
            marks = await self._lock(transaction, keys)
            before = dict(marks)
            waiting = await parking.parked(transaction.connection, keys)
            await transaction.read_ahead(
                work
                for message in messages
                if message.seq == marks[self.handler_of(message.topic), message.aggregate_id] + 1
                and (work := self._handlers[message.topic](message)) is not None
            )
            for message in messages:
                await self._take(transaction, message, marks, waiting)
            await self._advance(transaction, {key: seq for key, seq in marks.items() if seq != before[key]})

    async def redrive(self, handler: str, aggregate_id: Id, record: Work[Any, Any] | None = None) -> int:
        """Handle what waits for one aggregate, in order, in one transaction; answers how many messages that were.

        `record` writes down whose act it was, if there was anything to handle.
        """
        key = (handler, aggregate_id)
        async with self._executor.transaction(cause="redrive") as transaction:
            marks = await self._lock(transaction, {key})
            waiting = (await parking.parked(transaction.connection, {key})).get(key, [])
            handled = await self._drain(transaction, key, marks, waiting, also_poison=True)
            await self._advance(transaction, marks)
            if handled and record is not None:
                await transaction.run(record)
        return handled

    async def _take(
        self, transaction: Transaction[U], message: Message, marks: dict[Key, int], waiting: dict[Key, list[Parked]]
    ) -> None:
        key = (self.handler_of(message.topic), message.aggregate_id)
        ahead = message.seq - marks[key]
        queue = waiting.setdefault(key, [])
        if ahead <= 0 or any(one.message.seq == message.seq for one in queue):
            return
        if ahead > 1:
            reason = parking.BEHIND if any(one.reason == parking.POISON for one in queue) else parking.GAP
            await parking.park(transaction.connection, key[0], message, reason)
            queue.append(Parked(key[0], message, reason))
            queue.sort(key=lambda one: one.message.seq)
            return
        await self._handle(transaction, message)
        marks[key] = message.seq
        await self._drain(transaction, key, marks, queue, also_poison=False)

    async def _drain(
        self, transaction: Transaction[U], key: Key, marks: dict[Key, int], queue: list[Parked], *, also_poison: bool
    ) -> int:
        handled: list[Parked] = []
        while queue and queue[0].message.seq == marks[key] + 1 and (also_poison or queue[0].reason != parking.POISON):
            one = queue.pop(0)
            await self._handle(transaction, one.message)
            marks[key] = one.message.seq
            handled.append(one)
        await parking.remove(transaction.connection, handled)
        return len(handled)

    async def _handle(self, transaction: Transaction[U], message: Message) -> None:
        work = self._handlers[message.topic](message)
        if work is None:
            return
        with tracer.start_as_current_span(f"handle {message.type}", context=extract(dict(message.headers))):
            await transaction.run(work, traceparent=current_traceparent(), cause_id=str(message.event_id))

    async def _lock(self, transaction: Transaction[U], keys: set[Key]) -> dict[Key, int]:
        ordered = sorted(keys)
        arrays = {"handlers": [handler for handler, _ in ordered], "aggregates": [one for _, one in ordered]}
        rows = (await transaction.connection.execute(_TAKE, arrays)).all()
        if len(rows) < len(keys):
            # A rival wrote a row after our statement had begun: it shows to the next one.
            rows = (await transaction.connection.execute(_LOCK, arrays)).all()
        return {(row.handler, row.aggregate_id): row.seq for row in rows}

    async def _advance(self, transaction: Transaction[U], marks: Mapping[Key, int]) -> None:
        if marks:
            await transaction.connection.execute(
                _ADVANCE,
                {
                    "handlers": [handler for handler, _ in marks],
                    "aggregates": [one for _, one in marks],
                    "seqs": list(marks.values()),
                },
            )
