"""Sign-ins that were taken back: kept in memory for as long as a token that was made before could still be shown.

They come in two ways at once, by a topic (`chassis.kafka.revocations`, within a second or so) and by asking `accounts` every
half minute, so that a Kafka that is down delays them and loses none.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import httpx
import structlog

from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER

log = structlog.get_logger(__name__)

# A token that was just being made when its sign-in was taken back belongs to the old ones. So do those whose time of issue
# was cut to the second.
MAKING_SECONDS = 5.0
# Longer than a token lives, with the leeway of clocks.
KEPT_SECONDS = 900.0
ASKED_EVERY_SECONDS = 30.0

ReadRevocations = Callable[[], Awaitable[Iterable[tuple[Id, datetime]]]]


class Revocations:
    """Session, key or company → the moment up to which its tokens are refused."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._until: dict[Id, float] = {}

    def __bool__(self) -> bool:
        return bool(self._until)

    def add(self, subject_id: Id, revoked_at: datetime) -> None:
        """Refuse its tokens made up to then. The same one may come again; one that is too old to matter is passed over."""
        until = revoked_at.timestamp() + MAKING_SECONDS
        if until > self._until.get(subject_id, self._clock() - KEPT_SECONDS):
            self._until[subject_id] = until

    def refuse(self, ids: Iterable[Id | None], issued_at: float) -> bool:
        """Whether a token that speaks for these, made at this moment, was taken back."""
        return any(issued_at <= self._until[id] for id in ids if id in self._until)

    def forget_old(self) -> None:
        """Those that no living token can be older than."""
        oldest = self._clock() - KEPT_SECONDS
        self._until = {id: until for id, until in self._until.items() if until > oldest}


def revocations_from(client: httpx.AsyncClient, accounts_url: str, internal_token: str) -> ReadRevocations:
    """Asks `accounts`, which answers with all that still matter."""

    async def read() -> list[tuple[Id, datetime]]:
        response = await client.get(
            f"{accounts_url}/internal/revocations", headers={INTERNAL_TOKEN_HEADER: internal_token}, timeout=5.0
        )
        response.raise_for_status()
        return [(Id(one["subject_id"]), datetime.fromisoformat(one["revoked_at"])) for one in response.json()]

    return read


async def ask_for_revocations(
    read: ReadRevocations, revocations: Revocations, every_seconds: float = ASKED_EVERY_SECONDS
) -> None:
    """Until cancelled. While nobody answers, those that are known stay in force."""
    while True:
        try:
            for subject_id, revoked_at in await read():
                revocations.add(subject_id, revoked_at)
        except Exception as error:
            log.warning("revocations.not_read", error=f"{type(error).__name__}: {error}"[:300])
        revocations.forget_old()
        await asyncio.sleep(every_seconds)
