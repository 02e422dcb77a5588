"""An import ends before its end: its seller calls it off, or says nothing for a day."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.stock_import import ImportState, StockImport
from catalog.domain.stock_import_errors import ImportNotFound
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.start_import import LAPSE_IMPORT
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class CancelImport:
    """Its seller's own."""

    seller_id: Id
    import_id: Id


async def cancel_import(command: CancelImport, uow: CatalogUnit, now: datetime) -> StockImport:
    """No further line is applied; those that were stay."""
    found = await uow.imports.locked(command.import_id)
    if found.seller_id != command.seller_id:
        raise ImportNotFound(id=str(command.import_id))
    return await _cancelled(found, "by_seller", uow, now)


@dataclass(frozen=True, slots=True)
class LapseImport:
    """Nobody confirmed it."""

    import_id: Id


async def lapse_import(command: LapseImport, uow: CatalogUnit, now: datetime) -> None:
    """A deadline that comes when the word was given after all changes nothing."""
    found = await uow.imports.locked(command.import_id)
    if found.state is ImportState.AWAITING_CONFIRMATION:
        await _cancelled(found, "not_confirmed", uow, now)


async def _cancelled(found: StockImport, reason: str, uow: CatalogUnit, now: datetime) -> StockImport:
    changed, event = found.cancel(reason, now)
    await uow.imports.save(changed)
    uow.publish(event)
    await uow.timers.cancel(LAPSE_IMPORT, found.id)
    return changed
