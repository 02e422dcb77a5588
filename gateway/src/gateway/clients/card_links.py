"""Payment links, asked of payments by internal calls."""

from typing import Any

import httpx

from gateway.clients.services import Services
from gateway.domain.errors import ServiceSilent


class PaymentLinks:
    """What the pages behind a payment link show, and their button."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def read(self, token: str) -> dict[str, Any]:
        """The payment of the link, and the latest attempt to pay it by card."""
        found: dict[str, Any] = await self._services.call("payments", "GET", f"/internal/card-links/{token}")
        return found

    async def start(self, token: str) -> bool:
        """Begin an attempt, or go on with the one that waits; False where payments says that nothing is to be paid."""
        try:
            await self._services.call("payments", "POST", f"/internal/card-links/{token}/card_payments")
        except ServiceSilent as silence:
            cause = silence.__cause__
            if isinstance(cause, httpx.HTTPStatusError) and cause.response.status_code == httpx.codes.CONFLICT:
                return False
            raise
        return True
