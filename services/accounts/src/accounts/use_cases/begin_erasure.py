"""The step that erasing a person and erasing a company share: accounts erases its own, and tells every holder."""

from dataclasses import replace
from datetime import datetime, timedelta

from accounts.domain.erasure import Erasure, ErasureCause, new_erasure
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import new_id
from chassis.kernel.personal_data import Kept, Subject

WATCH_ERASURE = "watch_erasure"
# A holder that has not obeyed by then is broken.
PATIENCE = timedelta(days=1)


async def begin_erasure(
    subject: Subject, cause: ErasureCause, uow: UnitOfWork, now: datetime, kept: tuple[Kept, ...] = ()
) -> Erasure:
    """What is erased by name goes first: the statements find it by what the person's row still says."""
    own = replace(await uow.personal_data.erase(uow, subject, now), kept=kept)
    erasure, requested = new_erasure(new_id(), subject, cause, own, now)
    await uow.erasures.add(erasure)
    uow.publish(requested)
    await uow.timers.set(WATCH_ERASURE, erasure.id, now + PATIENCE)
    return erasure
