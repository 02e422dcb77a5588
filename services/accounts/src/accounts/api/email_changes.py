"""Another e-mail address to sign in with: asked for by the person, granted by support where the market says so, proven."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.proof import prove
from accounts.api.schemas import EmailChangeBody, EmailChangeRequest, NewPasswordRequest, OperatorEmailChangeBody
from accounts.api.state import Given
from accounts.domain.scopes import SELF
from accounts.domain.user import check_password
from accounts.use_cases.change_email import ChangeEmail, change_email
from accounts.use_cases.grant_email_change import GrantEmailChange, grant_email_change
from accounts.use_cases.refuse_email_change import RefuseEmailChange, refuse_email_change
from accounts.use_cases.request_email_change import RequestEmailChange, request_email_change
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import UnkeptWrite, Write

router = APIRouter(prefix="/v1", tags=["accounts"])
Operator = Annotated[Subject, require("operator:companies")]


@router.post("/me/email-changes", status_code=status.HTTP_202_ACCEPTED)
async def request_address_change(
    body: EmailChangeRequest, subject: Annotated[Subject, require(SELF)], given: Given, write: UnkeptWrite
) -> EmailChangeBody:
    """Ask for another address to sign in with; the password has to be given again.

    A link goes to the new address and a note to the old one, at once or when support has granted it, as the market says.
    The answer is the same whether somebody else has that address or not.
    """
    await prove(subject, body.password, given)
    # No receipt is kept of it: it would hold a quick hash of a body with a password in it.
    work = partial(request_email_change, RequestEmailChange(subject.id, body.email, real_now()), given.markets)
    return shapes.email_change(await write.run(work))


@router.post("/email-changes")
async def use_new_address(body: NewPasswordRequest, given: Given) -> dict[str, str]:
    """Prove the new address with the token of the mail's link, and set a password for it (at least 12 characters).

    From then on only the new address signs in; every session of the person has ended.
    """
    token = given.email_tokens.read(body.token)
    check_password(body.password)
    command = ChangeEmail(token, await given.passwords.hash(body.password), real_now())
    await given.executor.run(partial(change_email, command))
    return {"status": "email_changed"}


@router.get("/operator/email-changes")
async def list_address_changes(subject: Operator, paging: Paging, given: Given) -> Page[OperatorEmailChangeBody]:
    """Changes of address that wait for support."""
    found = await given.queries.email_changes(paging.after_id, paging.limit + 1)
    return paging.page_of(found, shapes.operator_email_change)


@router.post(
    "/operator/email-changes/{change_id}/approval",
    status_code=status.HTTP_201_CREATED,
    response_model=OperatorEmailChangeBody,
)
async def approve_address_change(change_id: Id, subject: Operator, write: Write, given: Given) -> Response:
    """Grant another address: the link goes to it. 409 `email_in_use` if somebody has that address."""
    command = GrantEmailChange(change_id, real_now(), by_operator=True)
    return await _decide(subject, write, partial(grant_email_change, command, given.markets))


@router.post(
    "/operator/email-changes/{change_id}/rejection",
    status_code=status.HTTP_201_CREATED,
    response_model=OperatorEmailChangeBody,
)
async def reject_address_change(change_id: Id, subject: Operator, write: Write) -> Response:
    """Do not grant it; the old address goes on."""
    return await _decide(subject, write, partial(refuse_email_change, RefuseEmailChange(change_id)))


async def _decide(subject: Subject, write: Any, work: Any) -> Response:
    answer: Response = await write.answer(
        subject.tenant, work, shapes.operator_email_change, status=status.HTTP_201_CREATED
    )
    return answer
