"""A company takes its change request back."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.change_request import ChangeRequest
from accounts.domain.errors import ChangeRequestNotFound
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.sign_payout_change import forget_signature
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class WithdrawChange:
    """Whose, and which one."""

    company_id: Id
    request_id: Id


async def withdraw_change(command: WithdrawChange, uow: UnitOfWork, now: datetime) -> ChangeRequest:
    """Another company's request looks as if it were not there."""
    request = await uow.change_requests.get(command.request_id)
    if request.company_id != command.company_id:
        raise ChangeRequestNotFound(id=str(command.request_id))
    request = request.withdraw(now)
    await uow.change_requests.save(request)
    await forget_signature(request.id, uow, now)
    return request
