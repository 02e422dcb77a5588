"""A company's own profile: read it, and change what the market lets the company change itself."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from accounts.api import company_shapes
from accounts.api.company_schemas import CompanyProfileBody, ProfileChangeRequest
from accounts.api.state import Doors, Given
from accounts.use_cases.change_company import ChangeCompany, ChangedCompany, change_company
from accounts.use_cases.company_rules import profile_rules
from chassis.db.receipts import Answer
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.etags import Seen, etag
from chassis.web.writes import Write, WriteCall

router = APIRouter(prefix="/v1/company", tags=["accounts"])


@router.get("")
async def read_own_company(
    subject: Annotated[Subject, require("account:read")], response: Response, given: Given
) -> CompanyProfileBody:
    """The company's profile, and in `support_only` what it may not change itself. The ETag is for If-Match."""
    return await read_profile(subject.company_id, response, given)


@router.patch("", response_model=CompanyProfileBody)
async def change_own_company(
    body: ProfileChangeRequest,
    subject: Annotated[Subject, require("account:write")],
    seen: Seen,
    write: Write,
    given: Given,
) -> Response:
    """Change the profile. 403 `support_only` names what support has to change: ask with a change request.

    Orders that are open and documents that were issued stay as they are. A new VAT number is asked about in VIES.
    """
    command = ChangeCompany(subject.company_id, seen.version, body.change())
    return await change_profile(subject.tenant, command, write, given)


async def read_profile(company_id: Id, response: Response, given: Doors) -> CompanyProfileBody:
    """For the company and for the operator."""
    account = await given.queries.account(company_id)
    response.headers["ETag"] = etag(account.company.version)
    rules = profile_rules(account.company, account.seller, given.markets, given.executor.clock.now().date())
    return company_shapes.profile(account.company, rules.support_only)


async def change_profile(tenant: str, command: ChangeCompany, write: WriteCall, given: Doors) -> Response:
    """For the company and for the operator."""

    def changed(result: ChangedCompany) -> Answer:
        body = company_shapes.profile(result.company, result.rules.support_only).model_dump(mode="json")
        return Answer(200, body, {"ETag": etag(result.company.version)})

    return await write.respond(tenant, partial(change_company, command, given.markets), changed)
