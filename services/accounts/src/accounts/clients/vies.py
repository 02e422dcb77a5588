"""Asks VIES about a VAT number; in the sandbox the simulated one, elsewhere whatever speaks the same small API."""

from datetime import datetime

import httpx

from accounts.domain.values import VatAnswer, VatStatus
from chassis.kernel.clock import real_now

_TIMEOUT_SECONDS = 5.0
_ANSWERS = {str(status): status for status in (VatStatus.VALID, VatStatus.INVALID, VatStatus.UNAVAILABLE)}


class ViesClient:
    """`requester` is the platform's own VAT number: with it VIES gives a consultation number as proof."""

    def __init__(self, client: httpx.AsyncClient, url: str, requester: str | None) -> None:
        self._client = client
        self._url = f"{url}/vies/check"
        self._requester = {"requester_vat_number": requester} if requester else {}

    async def ask(self, number: str) -> VatAnswer:
        """Whatever goes wrong on the way is "unavailable": only the register itself can say "invalid"."""
        try:
            response = await self._client.get(
                self._url, params={"vat_number": number, **self._requester}, timeout=_TIMEOUT_SECONDS
            )
            response.raise_for_status()
            body = response.json()
            return VatAnswer(
                status=_ANSWERS[body["status"]],
                checked_at=datetime.fromisoformat(body["checked_at"]),
                name=body.get("name"),
                consultation_number=body.get("consultation_number"),
            )
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return VatAnswer(VatStatus.UNAVAILABLE, real_now())
