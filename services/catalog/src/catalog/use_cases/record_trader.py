"""A seller's identity has come from `accounts`: it is kept, and stands on each of its offers from now on."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.trader import Trader
from catalog.use_cases.ports import CatalogUnit


@dataclass(frozen=True, slots=True)
class RecordTrader:
    """The identity as `accounts` gave it."""

    trader: Trader


async def record_trader(command: RecordTrader, uow: CatalogUnit, now: datetime) -> None:
    """Keeps it unless a newer one is there."""
    await uow.traders.keep(command.trader, now)
