"""The operator does not grant a change request."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.change_request import ChangeRequest, RequestRejection
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.sign_payout_change import forget_signature
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RejectChange:
    """`reason` is a code, `next_step` what the company can do."""

    request_id: Id
    reason: RequestRejection
    next_step: str


async def reject_change(command: RejectChange, uow: UnitOfWork, now: datetime) -> ChangeRequest:
    """Everything stays as it is; the company gets a mail."""
    request = await uow.change_requests.get(command.request_id)
    request = request.reject(command.reason, command.next_step, now)
    await uow.change_requests.save(request)
    await forget_signature(request.id, uow, now)
    company, refused = (await uow.companies.get(request.company_id)).request_refused()
    await uow.companies.save(company)
    uow.publish(refused)
    return request
