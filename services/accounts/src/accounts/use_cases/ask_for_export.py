"""A person, or an owner for the company, wants to see everything that is kept."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.data_export import DataExport, ExportState
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id, new_id
from chassis.kernel.personal_data import Subject

GATHER_EXPORT = "gather_export"


@dataclass(frozen=True)
class AskForExport:
    """Of whom, and who gets it."""

    subject: Subject
    asked_by: Id


async def ask_for_export(command: AskForExport, uow: UnitOfWork, now: datetime) -> DataExport:
    """An errand gathers it."""
    export = DataExport(new_id(), 1, command.subject, command.asked_by, ExportState.GATHERING, now)
    await uow.data_exports.add(export)
    await uow.timers.set(GATHER_EXPORT, export.id, now)
    return export
