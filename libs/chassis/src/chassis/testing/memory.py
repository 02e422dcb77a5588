"""In-memory stand-ins for use-case tests: they keep the promises of the real ones (versions, one open timer, no I/O)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from chassis.db.repository import Aggregate
from chassis.kernel.audit_log import Act
from chassis.kernel.errors import NotFound, StaleVersion
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.proposals import Proposal, ProposalState

A = TypeVar("A", bound=Aggregate)


class MemoryRepository(Generic[A]):
    """Keeps aggregates by id and refuses a save whose version somebody else has overtaken."""

    def __init__(self, *aggregates: A, not_found: type[NotFound] = NotFound) -> None:
        self.rows: dict[Id, A] = {one.id: one for one in aggregates}
        self._loaded: dict[Id, int] = {}
        self._not_found = not_found

    async def get(self, id: Id) -> A:
        """The aggregate, or the repository's error."""
        found = await self.find(id)
        if found is None:
            raise self._not_found(id=str(id))
        return found

    async def find(self, id: Id) -> A | None:
        """The aggregate, or None."""
        found = self.rows.get(id)
        if found is not None:
            self._loaded[id] = found.version
        return found

    async def get_many(self, ids: Sequence[Id]) -> list[A]:
        """Those that exist, in id order."""
        return [one for id in sorted(set(ids)) if (one := await self.find(id)) is not None]

    async def matching(self, fits: Callable[[A], bool]) -> list[A]:
        """All that fit, in id order: what a real repository does with `where`."""
        return await self.get_many([id for id, one in self.rows.items() if fits(one)])

    async def add(self, *aggregates: A) -> None:
        """Keep new aggregates; an id that is already there is a mistake."""
        for one in aggregates:
            assert one.id not in self.rows, f"{one.id} was added twice"
            self.rows[one.id] = one
            self._loaded[one.id] = one.version

    async def save(self, aggregate: A) -> None:
        """Compare and set, as the real one."""
        if self.rows[aggregate.id].version != self._loaded.get(aggregate.id):
            raise StaleVersion(id=str(aggregate.id))
        assert aggregate.version > self.rows[aggregate.id].version, "a saved aggregate has a new version"
        self.rows[aggregate.id] = aggregate
        self._loaded[aggregate.id] = aggregate.version

    async def save_all(self, aggregates: Iterable[A]) -> None:
        """Save each."""
        for one in aggregates:
            await self.save(one)


class MemoryTimers:
    """One open timer per (kind, key); `fire` hands out what is due, in order."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, Id], tuple[datetime, dict[str, Any]]] = {}

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None:
        """Set or move."""
        self.open[kind, key] = (due_at, payload or {})

    async def cancel(self, kind: str, key: Id) -> None:
        """Forget, if it is there."""
        self.open.pop((kind, key), None)

    def due(self, kind: str, key: Id) -> datetime | None:
        """When the open timer is due, or None."""
        found = self.open.get((kind, key))
        return found[0] if found else None

    def fire(self, now: datetime) -> list[tuple[str, Id, dict[str, Any]]]:
        """Take out everything that is due at `now`, earliest first."""
        due = sorted((at, kind, key) for (kind, key), (at, _) in self.open.items() if at <= now)
        return [(kind, key, self.open.pop((kind, key))[1]) for _, kind, key in due]


class MemoryProposals(MemoryRepository[Proposal]):
    """What waits for a second person."""

    async def pending_of(self, kind: str, subject_id: Id) -> Proposal | None:
        """The one that is pending."""
        found = await self.matching(
            lambda one: (one.kind, one.subject_id, one.state) == (kind, subject_id, ProposalState.PENDING)
        )
        return found[0] if found else None


class MemoryAuditLog:
    """Keeps the acts; that they form a chain is proven on the real one."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    async def record(self, act: Act, now: datetime) -> None:
        """Keep it."""
        self.acts.append(act)


class MemoryUnitOfWork:
    """The base of a service's fake unit of work: add the service's MemoryRepositories as attributes."""

    def __init__(self) -> None:
        self.timers = MemoryTimers()
        self.audit_log = MemoryAuditLog()
        self.events: list[DomainEvent] = []

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None:
        """Collect, as the real one."""
        for event in events:
            if isinstance(event, DomainEvent):
                self.events.append(event)
            else:
                self.events.extend(event)

    def collected(self) -> Sequence[DomainEvent]:
        """What was published so far."""
        return self.events

    def has_set_timers(self) -> bool:
        """Whether anything waits."""
        return bool(self.timers.open)

    def published(self, kind: type[DomainEvent]) -> list[Any]:
        """The published events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]
