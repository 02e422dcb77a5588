"""What the gateway's use cases need from the rest of the world."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from gateway.domain.advance import Advance, Standing
from gateway.domain.delivery import Delivery


class Timers(Protocol):
    """Deadlines and errands."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...


class Advances(Protocol):
    """Advances of the test clock."""

    async def get(self, id: Id) -> Advance: ...
    async def add(self, *aggregates: Advance) -> None: ...
    async def save(self, aggregate: Advance) -> None: ...
    async def running(self) -> list[Advance]: ...


class Deliveries(Protocol):
    """Mails that facts call for."""

    async def get(self, id: Id) -> Delivery: ...
    async def find(self, id: Id) -> Delivery | None: ...
    async def add(self, *aggregates: Delivery) -> None: ...
    async def save(self, aggregate: Delivery) -> None: ...


class UnitOfWork(Protocol):
    """One transaction of the gateway."""

    @property
    def timers(self) -> Timers: ...
    @property
    def advances(self) -> Advances: ...
    @property
    def deliveries(self) -> Deliveries: ...
    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None: ...


class Platform(Protocol):
    """All clocks of the platform, and how busy each part is."""

    async def standings(self) -> Sequence[Standing]: ...
    async def move_to(self, instant: datetime) -> None: ...


class Services(Protocol):
    """The services behind the gateway, by name."""

    @property
    def urls(self) -> Mapping[str, str]: ...
    async def status(self, service: str) -> dict[str, Any]: ...
    async def figures(self, service: str) -> dict[str, Any]: ...
    async def parked(self, service: str) -> list[dict[str, Any]]: ...
    async def redrive(self, service: str, handler: str, aggregate_id: Id) -> int: ...


class ApiKeys(Protocol):
    """Turns an API key into the access token the services understand."""

    async def token_for(self, api_key: str) -> str: ...
