"""An in-memory broker: public events go through the real envelope; it can repeat and shuffle like the real world."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from chassis.db.outbox import PublicEvent
from chassis.kafka.envelope import Message, encode, headers_of, parse

Reader = Callable[[Message], Awaitable[None]]


class MemoryBroker:
    """Keeps every topic for ever. Order holds within one aggregate, and is drawn by lot between aggregates."""

    def __init__(self, seed: int = 0, *, repeats: float = 0.0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a reproducible test, not a secret
        self._repeats = repeats
        self._waiting: dict[tuple[str, str], list[Message]] = {}
        self._readers: dict[str, list[Reader]] = {}
        self.log: list[Message] = []

    def subscribe(self, topic: str, reader: Reader) -> None:
        """Deliver the topic's messages to this reader too."""
        self._readers.setdefault(topic, []).append(reader)

    def publish(self, event: PublicEvent, *, source: str) -> Message:
        """Append an event; it is delivered by `deliver`."""
        headers = headers_of(
            event_id=event.event_id,
            type=event.type,
            source=source,
            seq=event.seq,
            occurred_at=event.occurred_at or datetime.now(UTC),
            traceparent=None,
            cause_id=None,
        )
        message = parse(
            topic=event.topic,
            partition=0,
            offset=len(self.log),
            key=str(event.aggregate_id).encode(),
            headers=headers,
            body=encode(event.data),
        )
        self.log.append(message)
        self._waiting.setdefault((event.topic, str(event.aggregate_id)), []).append(message)
        return message

    async def deliver(self) -> int:
        """Deliver until nothing waits; answers how many deliveries there were, repeats included."""
        delivered = 0
        while self._waiting:
            key = self._random.choice(sorted(self._waiting))
            message = self._waiting[key].pop(0)
            if not self._waiting[key]:
                del self._waiting[key]
            times = 2 if self._random.random() < self._repeats else 1
            for _ in range(times):
                for reader in self._readers.get(message.topic, []):
                    await reader(message)
                    delivered += 1
        return delivered
