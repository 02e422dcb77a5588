"""An import that cannot go on ends."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.stock_import import ImportState
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class FailImport:
    """It cannot go on, for the reason of this code."""

    import_id: Id
    reason: str


async def fail_import(command: FailImport, uow: CatalogUnit, now: datetime) -> None:
    """A seller that was suspended half way, for example."""
    found = await uow.imports.locked(command.import_id)
    if found.state in (ImportState.RECEIVED, ImportState.RUNNING):
        changed, event = found.fail(command.reason, now)
        await uow.imports.save(changed)
        uow.publish(event)
