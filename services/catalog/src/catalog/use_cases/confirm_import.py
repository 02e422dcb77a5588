"""A seller lets offers go offline that its file does not name: it repeats the figure that it was shown."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.stock_import import StockImport
from catalog.domain.stock_import_errors import ImportNotFound
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.receive_import import RUN_IMPORT
from catalog.use_cases.start_import import LAPSE_IMPORT
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ConfirmImport:
    """`going` offers may go offline."""

    seller_id: Id
    import_id: Id
    going: int


async def confirm_import(command: ConfirmImport, uow: CatalogUnit, now: datetime) -> StockImport:
    """It goes on where it stopped."""
    found = await uow.imports.locked(command.import_id)
    if found.seller_id != command.seller_id:
        raise ImportNotFound(id=str(command.import_id))
    changed, event = found.confirm(command.going)
    await uow.imports.save(changed)
    uow.publish(event)
    await uow.timers.cancel(LAPSE_IMPORT, found.id)
    await uow.timers.set(RUN_IMPORT, found.id, now)
    return changed
