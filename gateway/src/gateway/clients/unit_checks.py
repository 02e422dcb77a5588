"""Passports of devices, asked of catalog by the code on the box."""

import re
from typing import Any

from chassis.kernel.errors import NotFound
from gateway.clients.services import Services

_CODE = re.compile(r"[0-9A-Za-z]{1,64}")


class CatalogUnitChecks:
    """What the page behind a code shows."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def read(self, code: str) -> dict[str, Any]:
        """The passport of the code; what cannot be a code is not asked for."""
        if not _CODE.fullmatch(code):
            raise NotFound("this is no code")
        found: dict[str, Any] = await self._services.call("catalog", "GET", f"/v1/units/check/{code}")
        return found
