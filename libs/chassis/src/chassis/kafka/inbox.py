"""What a batch of messages does to the database: each is applied once and in its aggregate's order, or parked.

Per (handler, aggregate) a watermark holds the last `seq` applied: the next one is applied, an older one is a repeat and
dropped, a later one waits. Effects, watermarks and outgoing events commit together.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic

from opentelemetry import trace
from opentelemetry.propagate import extract

from chassis.db import direct
from chassis.db.executor import Executor, Transaction, U, Work, current_traceparent
from chassis.kafka import parking
from chassis.kafka.envelope import Message
from chassis.kafka.parking import Key, Parked
from chassis.kernel.ids import Id

tracer = trace.get_tracer("regrade.consumer")

# Topic → what to do with a message of it: a bound use case, or None where the type is of no interest to the service.
InboundHandlers = Mapping[str, Callable[[Message], Work[U, Any] | None]]

_LOCK = (
    "select w.handler, w.aggregate_id, w.seq from watermarks w "
    "join unnest($1::text[], $2::uuid[]) as k(handler, aggregate_id) using (handler, aggregate_id) "
    "order by 1, 2 for update of w"
)
# Each aggregate with the first and the last of its messages that follow each other. New aggregates get their row first: the
# lock then also keeps out a second consumer that thinks it owns them. Where the first message is the next one, the
# watermark goes up at once, with the lock: what comes of the messages commits with it or not at all.
_TAKE = (
    "with k as (select * from unnest($1::text[], $2::uuid[], $3::integer[], $4::integer[]) "
    "as k(handler, aggregate_id, first, last)), "
    "new as (insert into watermarks (handler, aggregate_id, seq) "
    "select handler, aggregate_id, case when first = 1 then last else 0 end from k order by 1, 2 "
    "on conflict do nothing returning handler, aggregate_id), "
    "old as (select w.handler, w.aggregate_id, w.seq, k.first, k.last from watermarks w "
    "join k using (handler, aggregate_id) order by 1, 2 for update of w), "
    "raised as (update watermarks w set seq = old.last from old "
    "where w.handler = old.handler and w.aggregate_id = old.aggregate_id and old.seq = old.first - 1) "
    "select handler, aggregate_id, 0 as seq from new union all select handler, aggregate_id, seq from old"
)
_ADVANCE = (
    "update watermarks w set seq = k.seq from unnest($1::text[], $2::uuid[], $3::integer[]) "
    "as k(handler, aggregate_id, seq) where w.handler = k.handler and w.aggregate_id = k.aggregate_id"
)
# An aggregate's messages in a batch that follow each other.
Spans = Mapping[Key, tuple[int, int]]
_NONE = (0, 0)


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
        works = [self._handlers[message.topic](message) for message in messages]
        async with self._executor.transaction(cause="consumer") as transaction:
            marks, stored = await self._lock(transaction, self._spans(messages))
            waiting = await parking.parked(transaction.connection, marks.keys())
            await transaction.read_ahead(
                work
                for message, work in zip(messages, works, strict=True)
                if work is not None and message.seq == marks[self.handler_of(message.topic), message.aggregate_id] + 1
            )
            for message, work in zip(messages, works, strict=True):
                await self._take(transaction, message, work, marks, waiting)
            await self._advance(transaction, marks, stored)

    def concerns(self, message: Message) -> bool:
        """Whether anything comes of the message but its watermark."""
        try:
            return self._handlers[message.topic](message) is not None
        except Exception:
            # Whoever applies it finds out what is wrong with it.
            return True

    async def redrive(self, handler: str, aggregate_id: Id, record: Work[Any, Any] | None = None) -> int:
        """Handle what waits for one aggregate, in order, in one transaction; answers how many messages that were.

        `record` writes down whose act it was, if there was anything to handle.
        """
        key = (handler, aggregate_id)
        async with self._executor.transaction(cause="redrive") as transaction:
            marks, stored = await self._lock(transaction, {key: _NONE})
            waiting = (await parking.parked(transaction.connection, {key})).get(key, [])
            handled = await self._drain(transaction, key, marks, waiting, also_poison=True)
            await self._advance(transaction, marks, stored)
            if handled and record is not None:
                await transaction.run(record)
        return handled

    async def _take(
        self,
        transaction: Transaction[U],
        message: Message,
        work: Work[U, Any] | None,
        marks: dict[Key, int],
        waiting: dict[Key, list[Parked]],
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
        await self._handle(transaction, message, work)
        marks[key] = message.seq
        if queue:
            await self._drain(transaction, key, marks, queue, also_poison=False)

    async def _drain(
        self, transaction: Transaction[U], key: Key, marks: dict[Key, int], queue: list[Parked], *, also_poison: bool
    ) -> int:
        handled: list[Parked] = []
        while queue and queue[0].message.seq == marks[key] + 1 and (also_poison or queue[0].reason != parking.POISON):
            one = queue.pop(0)
            await self._handle(transaction, one.message, self._handlers[one.message.topic](one.message))
            marks[key] = one.message.seq
            handled.append(one)
        await parking.remove(transaction.connection, handled)
        return len(handled)

    async def _handle(self, transaction: Transaction[U], message: Message, work: Work[U, Any] | None) -> None:
        if work is None:
            return
        with tracer.start_as_current_span(f"handle {message.type}", context=extract(dict(message.headers))):
            await transaction.run(work, traceparent=current_traceparent(), cause_id=str(message.event_id))

    def _spans(self, messages: Sequence[Message]) -> Spans:
        spans: dict[Key, tuple[int, int]] = {}
        for message in messages:
            key = (self.handler_of(message.topic), message.aggregate_id)
            first, last = spans.get(key, (message.seq, message.seq))
            spans[key] = (first, message.seq if message.seq == last + 1 else last)
        return spans

    async def _lock(self, transaction: Transaction[U], spans: Spans) -> tuple[dict[Key, int], dict[Key, int]]:
        """The watermarks as they were, and as they are stored now."""
        keys = sorted(spans)
        arrays = [handler for handler, _ in keys], [aggregate_id for _, aggregate_id in keys]
        bounds = [spans[key][0] for key in keys], [spans[key][1] for key in keys]
        rows = await direct.change_and_read(transaction.connection, _TAKE, *arrays, *bounds)
        before = {(row["handler"], row["aggregate_id"]): row["seq"] for row in rows}
        stored = {key: spans[key][1] if seq == spans[key][0] - 1 else seq for key, seq in before.items()}
        if len(before) < len(keys):
            # A rival wrote a row after our statement had begun: it shows to the next one.
            for row in await direct.read(transaction.connection, _LOCK, *arrays):
                key = (row["handler"], row["aggregate_id"])
                if key not in before:
                    before[key] = stored[key] = row["seq"]
        return before, stored

    async def _advance(self, transaction: Transaction[U], marks: Mapping[Key, int], stored: Mapping[Key, int]) -> None:
        if moved := {key: seq for key, seq in marks.items() if seq != stored[key]}:
            handlers, aggregates = [handler for handler, _ in moved], [one for _, one in moved]
            await direct.change(transaction.connection, _ADVANCE, handlers, aggregates, list(moved.values()))
