"""The errand that gathers an export: every holder answers, or it is tried again; half an archive is never called whole."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from accounts.clients.archive import archive_of
from accounts.use_cases.complete_export import CompleteExport, complete_export
from accounts.use_cases.ports import Queries
from chassis.db.timers import DueTimer
from chassis.kernel.personal_data import Subject
from chassis.web.internal import INTERNAL_TOKEN_HEADER

Rows = dict[str, list[dict[str, Any]]]


class HolderClient:
    """`urls` by holder."""

    def __init__(self, client: httpx.AsyncClient, urls: dict[str, str], internal_token: str) -> None:
        self._client = client
        self._urls = urls
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}

    async def ask(self, subject: Subject) -> dict[str, Rows]:
        """What each keeps; raises where one does not answer."""
        wanted = {"company_id": str(subject.company_id)}
        if subject.person_id is not None:
            wanted["person_id"] = str(subject.person_id)
        return {holder: await self._ask(url, wanted) for holder, url in self._urls.items()}

    async def _ask(self, url: str, wanted: dict[str, str]) -> Rows:
        response = await self._client.get(
            f"{url}/internal/personal-data", params=wanted, headers=self._headers, timeout=10.0
        )
        response.raise_for_status()
        rows: Rows = response.json()
        return rows


def gather_export(
    queries: Queries, holders: HolderClient, run: Callable[[Any], Awaitable[Any]]
) -> Callable[[DueTimer], Awaitable[None]]:
    """The timer's key is the export, `run` is the executor's."""

    async def gather(timer: DueTimer) -> None:
        export = await queries.data_export(timer.key)
        told = {**await holders.ask(export.subject), "accounts": await queries.personal_data(export.subject)}
        # Packing is work for a thread: sign-ins go on meanwhile.
        archive = await asyncio.to_thread(archive_of, told)
        await run(partial(complete_export, CompleteExport(export.id, archive)))

    return gather
