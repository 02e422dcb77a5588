"""Domain event → public message: the one place where the gateway's public shapes are made."""

from chassis.db.outbox import PublicEvent
from chassis.kernel.events import DomainEvent

TOPICS = ("gateway.delivery",)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public shape of a domain event."""
    raise AssertionError(f"no public shape for {type(event).__name__}")
