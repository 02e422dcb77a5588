"""Asks the other services what of a company is not finished."""

from datetime import datetime

import httpx

from accounts.domain.errors import BusinessUnknown
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Business, OpenItem
from chassis.web.internal import INTERNAL_TOKEN_HEADER


class OpenBusinessClient:
    """`urls` by service: all who could know of anything."""

    def __init__(self, client: httpx.AsyncClient, urls: dict[str, str], internal_token: str) -> None:
        self._client = client
        self._urls = urls
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}

    async def of(self, company_id: Id) -> Business:
        """All of it; raises BusinessUnknown where one of them does not answer."""
        found: list[OpenItem] = []
        last: datetime | None = None
        for service, url in self._urls.items():
            try:
                response = await self._client.get(f"{url}/internal/open-business/{company_id}", headers=self._headers)
                response.raise_for_status()
            except httpx.HTTPError as error:
                raise BusinessUnknown(service=service) from error
            told = response.json()
            found.extend(OpenItem(**one) for one in told["open"])
            if told["last_purchase_at"] is not None:
                last = datetime.fromisoformat(told["last_purchase_at"])
        return Business(tuple(found), last)
