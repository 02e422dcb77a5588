"""The people of a company: who they are, what they may do, who leaves."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api.people_schemas import PersonOfCompanyBody, RoleRequest
from accounts.api.state import Given
from accounts.domain.scopes import SCOPES
from accounts.domain.user import User
from accounts.use_cases.change_role import ChangeRole, change_role
from accounts.use_cases.deactivate_person import DeactivatePerson, deactivate_person
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/company/people", tags=["accounts"])


@router.get("")
async def list_people(
    subject: Annotated[Subject, require("account:read")], paging: Paging, given: Given
) -> Page[PersonOfCompanyBody]:
    """Everybody of the company, those who have left too."""
    found = await given.queries.people(subject.company_id, paging.after_id, paging.limit + 1)
    return paging.page_of(found, _person)


@router.put("/{user_id}/role", response_model=PersonOfCompanyBody)
async def change_role_of_person(
    user_id: Id, body: RoleRequest, subject: Annotated[Subject, require("account:write")], write: Write
) -> Response:
    """Give somebody another role. A company keeps at least one owner (409 `last_owner`)."""
    work = partial(change_role, ChangeRole(subject.company_id, user_id, body.role, real_now()))
    return await write.answer(subject.tenant, work, _person)


@router.post("/{user_id}/deactivation", status_code=status.HTTP_201_CREATED, response_model=PersonOfCompanyBody)
async def deactivate_person_of_company(
    user_id: Id, subject: Annotated[Subject, require("account:write")], write: Write
) -> Response:
    """Somebody leaves: no sign-in any more. Comes back with a new invitation. The last owner stays (409 `last_owner`)."""
    work = partial(deactivate_person, DeactivatePerson(subject.company_id, user_id, real_now()))
    return await write.answer(subject.tenant, work, _person, status=status.HTTP_201_CREATED)


def _person(user: User) -> PersonOfCompanyBody:
    return PersonOfCompanyBody(
        id=user.id,
        version=user.version,
        state=user.state,
        email=user.email,
        name=user.name,
        role=user.role,
        scopes=sorted(SCOPES[user.kind, user.role]),
    )
