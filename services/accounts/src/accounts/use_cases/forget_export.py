"""An archive has lain there for a week: it goes."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.data_export import ExportState
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ForgetExport:
    """Which one."""

    export_id: Id


async def forget_export(command: ForgetExport, uow: UnitOfWork, now: datetime) -> None:
    """Whoever wants it again asks again."""
    export = await uow.data_exports.get(command.export_id)
    if export.state is not ExportState.GONE:
        await uow.data_exports.save(export.forget())
