"""The lines of an import are not kept for ever."""

from dataclasses import dataclass
from datetime import datetime

from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ForgetImport:
    """Its time is over."""

    import_id: Id


async def forget_import(command: ForgetImport, uow: CatalogUnit, now: datetime) -> None:
    """The import itself, with its figures, stays."""
    await uow.imports.forget_lines(command.import_id)
