"""What accounts reads from other services: nothing, for companies and sellers are where the stories begin."""

from typing import Any

from chassis.kafka.inbox import InboundHandlers


def handlers() -> InboundHandlers[Any]:
    """No topic."""
    return {}
