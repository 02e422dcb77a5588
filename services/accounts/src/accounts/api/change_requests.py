"""A company's change requests: ask support for what the company may not change itself."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import company_shapes
from accounts.api.company_schemas import ChangeRequestBody, ChangeRequestRequest
from accounts.api.state import Given
from accounts.domain.change_request import PayoutAccount
from accounts.use_cases.request_change import RequestChange, request_change
from accounts.use_cases.withdraw_change import WithdrawChange, withdraw_change
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/company/change-requests", tags=["accounts"])


@router.get("")
async def list_own_change_requests(
    subject: Annotated[Subject, require("account:read")], paging: Paging, given: Given
) -> Page[ChangeRequestBody]:
    """All change requests of the company, decided ones too, with the reasons of refusals."""
    found = await given.queries.change_requests(subject.company_id, None, paging.after_id, paging.limit + 1)
    return paging.page_of(found, company_shapes.change_request)


@router.post("", status_code=status.HTTP_201_CREATED, response_model=ChangeRequestBody)
async def ask_for_change(
    body: ChangeRequestRequest, subject: Annotated[Subject, require("account:write")], write: Write, given: Given
) -> Response:
    """Ask support to change the profile. One request at a time; what could never be granted is refused at once."""
    payout = PayoutAccount(body.payout.iban, body.payout.holder) if body.payout else None
    command = RequestChange(subject.company_id, subject.id, body.change.change(), body.note, payout)
    work = partial(request_change, command, given.markets)
    return await write.answer(subject.tenant, work, company_shapes.change_request, status=status.HTTP_201_CREATED)


@router.post("/{request_id}/withdrawal", status_code=status.HTTP_201_CREATED, response_model=ChangeRequestBody)
async def withdraw_change_request(
    request_id: Id, subject: Annotated[Subject, require("account:write")], write: Write
) -> Response:
    """Take an open request back."""
    work = partial(withdraw_change, WithdrawChange(subject.company_id, request_id))
    return await write.answer(subject.tenant, work, company_shapes.change_request, status=status.HTTP_201_CREATED)
