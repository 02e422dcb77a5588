"""Follows the topic on which `accounts` says which sign-ins were taken back, in every process that answers requests."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from chassis.kafka.live import Cursor, Fact, LiveFacts
from chassis.kernel.ids import Id

log = structlog.get_logger(__name__)

TOPIC = "accounts.revocation"
REVOKED = f"{TOPIC}.revoked.v1"
_AGAIN_SECONDS = 1.0

# Told whose tokens are refused, and up to which moment they were made.
Take = Callable[[Id, datetime], None]


async def follow_revocations(bootstrap: str, take: Take, back_seconds: float) -> None:
    """Until cancelled: take what was said in the last so many seconds, then what is said from now on.

    Whatever breaks, it begins again; the same revocation may come twice.
    """
    facts = LiveFacts(bootstrap, [TOPIC])
    while True:
        try:
            since = Cursor(int((time.time() - back_seconds) * 1000))
            async with facts.watch(lambda topic: topic == TOPIC, since) as watcher:
                # None would be too many to give; they come by asking.
                for fact in await facts.missed(watcher) or ():
                    _give(fact, take)
                while isinstance(fact_or_end := await watcher.next(), Fact):
                    _give(fact_or_end, take)
        except Exception as error:
            log.warning("revocations.not_followed", error=f"{type(error).__name__}: {error}"[:300])
        await asyncio.sleep(_AGAIN_SECONDS)


def _give(fact: Fact, take: Take) -> None:
    data: Mapping[str, Any] = fact.message.data
    if fact.message.type == REVOKED:
        take(Id(data["subject_id"]), datetime.fromisoformat(data["revoked_at"]))
