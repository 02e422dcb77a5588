"""The operator's side of companies: their profiles, and what they ask support to change."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import company_shapes
from accounts.api.company import change_profile, read_profile
from accounts.api.company_schemas import (
    ChangeRejectionRequest,
    ChangeRequestBody,
    CompanyProfileBody,
    ProfileChangeRequest,
)
from accounts.api.state import Given
from accounts.domain.change_request import RequestState
from accounts.use_cases.approve_change import ApproveChange, approve_change
from accounts.use_cases.change_company import ChangeCompany
from accounts.use_cases.reject_change import RejectChange, reject_change
from accounts.use_cases.sign_payout_change import Signer
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.etags import Seen
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/operator", tags=["operator"])

Operator = Annotated[Subject, require("operator:companies")]
# Another bank account is signed by both.
SupportOrFinance = Annotated[Subject, require("operator:companies", "operator:money")]


@router.get("/companies/{company_id}")
async def read_company(company_id: Id, subject: Operator, response: Response, given: Given) -> CompanyProfileBody:
    """A company's profile; the ETag is for If-Match."""
    return await read_profile(company_id, response, given)


@router.patch("/companies/{company_id}", response_model=CompanyProfileBody)
async def change_company_profile(
    company_id: Id, body: ProfileChangeRequest, subject: Operator, seen: Seen, write: Write, given: Given
) -> Response:
    """Change a company's profile, all of it but the country. A new VAT number is asked about in VIES."""
    command = ChangeCompany(company_id, seen.version, body.change(), by_operator=True)
    return await change_profile(subject.tenant, command, write, given)


@router.get("/change-requests")
async def list_change_requests(
    subject: SupportOrFinance, paging: Paging, given: Given, state: RequestState | None = None
) -> Page[ChangeRequestBody]:
    """Change requests of all companies, in one state or all."""
    found = await given.queries.change_requests(None, state, paging.after_id, paging.limit + 1)
    return paging.page_of(found, partial(company_shapes.change_request, by_operator=True))


@router.post(
    "/change-requests/{request_id}/approval", status_code=status.HTTP_201_CREATED, response_model=ChangeRequestBody
)
async def approve_change_request(request_id: Id, subject: SupportOrFinance, write: Write, given: Given) -> Response:
    """Grant a request: the change is made as it was asked for.

    Another bank account takes two people, the second one of finance: after the first approval the request is still `open`.
    """
    signer = Signer(
        person=subject.id if subject.session_id else None,
        is_support="operator:companies" in subject.scopes,
        is_finance="operator:money" in subject.scopes,
        lives=given.signatures_live,
    )
    work = partial(approve_change, ApproveChange(request_id, signer), given.markets)
    return await write.answer(subject.tenant, work, company_shapes.change_request, status=status.HTTP_201_CREATED)


@router.post(
    "/change-requests/{request_id}/rejection", status_code=status.HTTP_201_CREATED, response_model=ChangeRequestBody
)
async def reject_change_request(
    request_id: Id, body: ChangeRejectionRequest, subject: Operator, write: Write
) -> Response:
    """Do not grant a request, with a reason and what the company can do."""
    work = partial(reject_change, RejectChange(request_id, body.reason, body.next_step))
    return await write.answer(subject.tenant, work, company_shapes.change_request, status=status.HTTP_201_CREATED)
