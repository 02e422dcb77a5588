"""Webhooks: what is sent, how often it is tried, and how a fault bends the sending."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.domain.faults import DELAY, DROP, DUPLICATE, REORDER, Fault

Target = Literal["psp", "carrier"]

_WAITS_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
GIVE_UP_AFTER = timedelta(days=3)
# A reordered message waits for a later one to overtake it, but not for ever if none comes.
_OVERTAKING_SECONDS_MAX = 5.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """A message for one receiver; `event_id` stays the same over retries and duplicates."""

    event_id: str
    target: Target
    type: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sending:
    """How a message leaves: how many copies, after which wait, and whether the next one may overtake it."""

    copies: int = 1
    wait: timedelta = timedelta()
    held: bool = False


@dataclass(frozen=True, slots=True)
class QueuedWebhook:
    """One line of the queue; times are real, except `created_at`."""

    seq: int
    webhook: Webhook
    attempts: int
    queued_at: datetime
    delivered_at: datetime | None
    given_up_at: datetime | None
    last_answer: str | None


def make_webhook(event_id: str, target: Target, type: str, data: dict[str, Any], created_at: datetime) -> Webhook:
    """The body is fixed here, so that every attempt sends the same bytes."""
    body = {"type": type, "id": event_id, "created_at": created_at.isoformat(), "data": data}
    return Webhook(event_id, target, type, json.dumps(body, separators=(",", ":"), ensure_ascii=False), created_at)


def plan_sending(fault: Fault | None) -> Sending:
    """Without a fault: one copy, at once."""
    if fault is None:
        return Sending()
    return {
        DELAY: Sending(wait=timedelta(seconds=fault.delay_seconds)),
        DUPLICATE: Sending(copies=2),
        DROP: Sending(copies=0),
        REORDER: Sending(wait=timedelta(seconds=_OVERTAKING_SECONDS_MAX), held=True),
    }[fault.mode]


def retry_after(attempts: int) -> timedelta:
    """The wait after the given number of failed attempts (1 = the first one failed)."""
    return timedelta(seconds=_WAITS_SECONDS[min(attempts, len(_WAITS_SECONDS)) - 1])
