"""The end of a company's account, asked for by an owner or the operator, and its erasure."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.personal_data import ErasureBody, erasure_body
from accounts.api.proof import prove
from accounts.api.schemas import CompanyStateBody
from accounts.api.state import Given
from accounts.domain.erasure import ErasureCause
from accounts.domain.scopes import SELF
from accounts.use_cases.begin_closing import BeginClosing, ClosureReason, begin_closing
from accounts.use_cases.erase_company import EraseCompany, erase_company
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.etags import Seen
from chassis.web.problems import Problem
from chassis.web.writes import UnkeptWrite, Write

router = APIRouter(prefix="/v1", tags=["accounts"])
operators = APIRouter(prefix="/v1/operator", tags=["operator"])
Support = Annotated[Subject, require("operator:companies")]

_OWNERS = "account:write"


class ClosureRequest(BaseModel, extra="forbid"):
    """With `erase` the company is forgotten as soon as it is closed; without, its data stays for the market's time."""

    password: str
    reason: ClosureReason = ClosureReason.NOT_NEEDED
    erase: bool = False


class OperatorClosureRequest(BaseModel, extra="forbid"):
    """Why support closes it."""

    reason: ClosureReason = ClosureReason.OTHER
    erase: bool = False


@router.post("/company/closure", status_code=status.HTTP_202_ACCEPTED)
async def close_own_company(
    body: ClosureRequest, subject: Annotated[Subject, require(SELF)], seen: Seen, given: Given, write: UnkeptWrite
) -> CompanyStateBody:
    """Close the company's account; the password is given again. Nobody acts for it from now on.

    409 `open_business` lists what has to be finished first: orders, money, returns; sellers are offboarded before. It is
    looked at once more after half a minute, when nothing can be under way any more: then it is `closed`, or active again, and
    a mail tells which. Invoices stay for as long as the law wants them.
    """
    if _OWNERS not in subject.scopes:
        raise Problem(403, "scope_missing", "Your sign-in does not allow this", scope=_OWNERS)
    version = seen.version
    await prove(subject, body.password, given)
    found = await given.business.of(subject.company_id)
    command = BeginClosing(
        subject.company_id, body.reason, body.erase, ErasureCause.OWNER, found.open, real_now(), version
    )
    # No receipt is kept of it: it would hold a quick hash of a body with a password in it.
    return shapes.company_state(await write.run(partial(begin_closing, command)))


@operators.post("/companies/{company_id}/closure", status_code=status.HTTP_201_CREATED, response_model=CompanyStateBody)
async def close_account(
    company_id: Id, subject: Support, write: Write, given: Given, body: OperatorClosureRequest | None = None
) -> Response:
    """Close a company's account: no sign-in and no key of it works any more; its papers are kept.

    The same rule as for its owner: 409 `open_business` while anything is open, and a second look after half a minute.
    """
    asked = body or OperatorClosureRequest()
    found = await given.business.of(company_id)
    command = BeginClosing(company_id, asked.reason, asked.erase, ErasureCause.OPERATOR, found.open, real_now())
    work = partial(begin_closing, command)
    return await write.answer(subject.tenant, work, shapes.company_state, status=status.HTTP_201_CREATED)


@operators.post("/companies/{company_id}/erasure", status_code=status.HTTP_202_ACCEPTED, response_model=ErasureBody)
async def erase_closed_company(company_id: Id, subject: Support, write: Write, given: Given) -> Response:
    """Forget a closed company that asks for it, with all its people. 409 `company_state` while it is not closed."""
    found = await given.business.of(company_id)
    command = EraseCompany(company_id, ErasureCause.OPERATOR, found.open, real_now())
    work = partial(erase_company, command, given.markets)
    return await write.answer(subject.tenant, work, erasure_body, status=status.HTTP_202_ACCEPTED)
