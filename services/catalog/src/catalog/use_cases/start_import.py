"""The first step of an import: begin, or ask first where a full sync would empty the shop."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.stock_import import CONFIRM_WITHIN, ImportState, StockImport
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id

LAPSE_IMPORT = "lapse_import"


@dataclass(frozen=True, slots=True)
class StartImport:
    """Begin with an import, or go on with one."""

    import_id: Id


async def start_import(command: StartImport, uow: CatalogUnit, now: datetime) -> StockImport:
    """Before the first line is applied, a full sync that would empty too much of the shop waits for a word."""
    found = await uow.imports.locked(command.import_id)
    if found.state is not ImportState.RECEIVED:
        return found
    changed, event = found.start(await uow.imports.offline(found) if found.is_full_sync else None)
    await uow.imports.save(changed)
    uow.publish(event)
    await await_word(changed, uow, now)
    return changed


async def await_word(one: StockImport, uow: CatalogUnit, now: datetime) -> None:
    """A full sync that asks is given a day for its answer."""
    if one.state is ImportState.AWAITING_CONFIRMATION:
        await uow.timers.set(LAPSE_IMPORT, one.id, now + CONFIRM_WITHIN)
