"""The errand that works through an import: step by step, each a transaction, so that it can stop after any of them."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from catalog.domain.stock_import import ImportState, Reading
from catalog.use_cases.apply_part import ApplyPart, apply_part
from catalog.use_cases.fail_import import FailImport, fail_import
from catalog.use_cases.finish_import import FinishImport, finish_import
from catalog.use_cases.ports_imports import ImportQueries
from catalog.use_cases.push_offers import ReadLine
from catalog.use_cases.start_import import StartImport, start_import
from catalog.use_cases.sweep_import import SweepImport, sweep_import
from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.errors import DomainError, StaleVersion, Unavailable
from chassis.kernel.ids import Id

ReadPart = Callable[[bytes, Reading], tuple[ReadLine, ...]]


class ImportErrand:
    """What a crash, a restart or a slow database leaves undone is taken up again where the results end."""

    def __init__(self, executor: Executor[Any], queries: ImportQueries, read_part: ReadPart) -> None:
        self._executor = executor
        self._queries = queries
        self._read_part = read_part

    async def __call__(self, timer: DueTimer) -> None:
        """Until the import ends or waits for a word."""
        try:
            await self._work(timer.key)
        except (StaleVersion, Unavailable):
            # Lost a race, or something does not answer at the moment: the errand is run again.
            raise
        except DomainError as refusal:
            await self._executor.run(partial(fail_import, FailImport(timer.key, refusal.code)))

    async def _work(self, id: Id) -> None:
        one = await self._executor.run(partial(start_import, StartImport(id)))
        while one.state is ImportState.RUNNING and (part := await self._queries.next_part(id)) is not None:
            n, packed = part
            # A thousand rows are read beside the others' requests, not before them.
            lines = await asyncio.to_thread(self._read_part, packed, one.reading)
            one = await self._executor.run(partial(apply_part, ApplyPart(id, n, lines)))
        if one.state is not ImportState.RUNNING:
            return
        n = await self._queries.parts_of(id) + 1
        first = True
        while await self._executor.run(partial(sweep_import, SweepImport(id, n, first))):
            n, first = n + 1, False
        await self._executor.run(partial(finish_import, FinishImport(id)))
