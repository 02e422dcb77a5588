"""A holder says that it has erased what it kept."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.erasure import Erasure
from accounts.use_cases.begin_erasure import WATCH_ERASURE
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Obeyed


@dataclass(frozen=True)
class ConfirmErasure:
    """Whose word about which erasure."""

    erasure_id: Id
    holder: str
    obeyed: Obeyed


async def confirm_erasure(command: ConfirmErasure, uow: UnitOfWork, now: datetime) -> Erasure:
    """With the last one it is done. A repeat changes nothing."""
    erasure = await uow.erasures.get(command.erasure_id)
    heard = erasure.confirm(command.holder, command.obeyed, now)
    if heard is None:
        return erasure
    erasure, event = heard
    await uow.erasures.save(erasure)
    uow.publish(event)
    if not erasure.waits_for:
        await uow.timers.cancel(WATCH_ERASURE, erasure.id)
    return erasure
