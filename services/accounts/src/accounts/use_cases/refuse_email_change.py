"""Support does not grant another address."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.email_change import EmailChange
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RefuseEmailChange:
    """Which one."""

    change_id: Id


async def refuse_email_change(command: RefuseEmailChange, uow: UnitOfWork, now: datetime) -> EmailChange:
    """The old address goes on."""
    change = (await uow.email_changes.get(command.change_id)).refuse()
    await uow.email_changes.save(change)
    return change
