"""The base of every service's unit of work: it collects events and sets timers; repositories come from the service."""

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.audit_log import AuditLog
from chassis.db.timers import Timers
from chassis.kernel.events import DomainEvent


class UnitOfWork:
    """What one use case does, inside a transaction that it neither opens nor closes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.timers = Timers(connection)
        self._events: list[DomainEvent] = []
        self.audit_log = AuditLog(connection, self._events.append)

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None:
        """Make these facts public when, and only when, the transaction commits."""
        for event in events:
            if isinstance(event, DomainEvent):
                self._events.append(event)
            else:
                self._events.extend(event)

    def collected(self) -> Sequence[DomainEvent]:
        """The events published so far."""
        return self._events

    def has_set_timers(self) -> bool:
        """Whether a deadline was set."""
        return self.timers.were_set
