"""What the use cases about traders need of the outside."""

from datetime import datetime
from typing import Protocol

from catalog.domain.trader import Trader

# The errand that asks `accounts` who a seller is.
FETCH_TRADER = "fetch_trader"


class Traders(Protocol):
    """Who stands behind the offers."""

    async def keep(self, trader: Trader, at: datetime) -> None:
        """Insert or replace; what is older than the stored snapshot is dropped."""
        ...
