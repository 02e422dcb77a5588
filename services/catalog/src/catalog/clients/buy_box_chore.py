"""Decides buy boxes in the background: what pushes and orders changed a moment ago, and each day the sellers' records."""

import asyncio
from datetime import date
from functools import partial
from typing import Any

import structlog

from catalog.use_cases.decide_buy_boxes import PRODUCTS_AT_ONCE, DecideBuyBoxes, decide_buy_boxes
from catalog.use_cases.note_service import CountRecords, count_records
from chassis.db.executor import Executor

log = structlog.get_logger(__name__)

# A buyer who looks at rivals sees them ranked as they are; only what is written down comes so much later. A feed that pushes line
# by line marks the same products many times a second.
PAUSE_SECONDS = 5.0
# Between two batches requests have their turn.
BREATH_SECONDS = 0.02


class BuyBoxChore:
    """One round is one transaction of its own, so that nobody's request waits for it."""

    def __init__(self, executor: Executor[Any]) -> None:
        self._executor = executor
        self._counted_on: date | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            pause = PAUSE_SECONDS
            try:
                # A mark names half as many products at the most: after fewer, nothing was left. What a busy feed marks in the
                # meantime is often the same again, and decided once.
                if await self.round() > PRODUCTS_AT_ONCE // 2:
                    pause = BREATH_SECONDS
            except Exception as error:
                # The database may be away for a while; the marks are rows and wait.
                log.warning("buy_box.round_failed", error=f"{type(error).__name__}: {error}"[:300])
            await asyncio.sleep(pause)

    async def round(self) -> int:
        """Decide the boxes of the next marked products: how many products there were."""
        today = self._executor.clock.now().date()
        async with self._executor.transaction(cause="buy_box") as transaction:
            if self._counted_on != today:
                await transaction.run(partial(count_records, CountRecords(today)))
            decided = await transaction.run(partial(decide_buy_boxes, DecideBuyBoxes()))
        self._counted_on = today
        return decided
