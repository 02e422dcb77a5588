"""Every holder has answered: the archive can be fetched for a week."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.data_export import DataExport, ExportState
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

FORGET_EXPORT = "forget_export"


@dataclass(frozen=True)
class CompleteExport:
    """`archive` is a ZIP."""

    export_id: Id
    archive: bytes


async def complete_export(command: CompleteExport, uow: UnitOfWork, now: datetime) -> DataExport:
    """Who asked gets a mail. A repeat changes nothing, and neither does an answer that comes after the erasure."""
    export = await uow.data_exports.get(command.export_id)
    if export.state is not ExportState.GATHERING:
        return export
    export = export.complete(command.archive, now)
    company, told = (await uow.companies.get(export.subject.company_id)).person_changed("export", export.asked_by)
    await uow.data_exports.save(export)
    await uow.companies.save(company)
    uow.publish(told)
    assert export.expires_at is not None
    await uow.timers.set(FORGET_EXPORT, export.id, export.expires_at)
    return export
