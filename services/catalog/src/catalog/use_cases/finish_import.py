"""The last step of an import."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.stock_import import ImportState
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class FinishImport:
    """All parts have their results."""

    import_id: Id


async def finish_import(command: FinishImport, uow: CatalogUnit, now: datetime) -> None:
    """The figures go out with the event."""
    found = await uow.imports.locked(command.import_id)
    if found.state is ImportState.RUNNING:
        changed, event = found.finish(dict(await uow.imports.counts(found.id)), now)
        await uow.imports.save(changed)
        uow.publish(event)
