"""A person's own data: to be forgotten; and what the operator sees of it."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel

from accounts.api.proof import prove
from accounts.api.state import Given
from accounts.domain.erasure import Erasure, ErasureCause, ErasureState
from accounts.domain.scopes import SELF
from accounts.use_cases.confirm_erasure import ConfirmErasure, confirm_erasure
from accounts.use_cases.erase_person import ErasePerson, erase_person
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Kept, Obeyed
from chassis.web.auth import Subject, require
from chassis.web.internal import internal_caller
from chassis.web.pages import Page, Paging
from chassis.web.writes import UnkeptWrite

router = APIRouter(prefix="/v1", tags=["accounts"])
operators = APIRouter(prefix="/v1/operator", tags=["operator"])
internal = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


class ErasureRequest(BaseModel, extra="forbid"):
    """The password again: nobody is forgotten by a stolen token."""

    password: str


class KeptBody(BaseModel):
    """What has to stay: `why` is the law's reason, `until` the last day of the duty, null where it has no end."""

    what: str
    why: str
    until: date | None


class ObeyedBody(BaseModel):
    """How many rows of which table were erased, and what is kept."""

    erased: dict[str, int]
    kept: list[KeptBody]


class HolderBody(ObeyedBody):
    """A service that has erased, and when."""

    holder: str
    confirmed_at: datetime


class ErasureBody(BaseModel):
    """An erasure. `waits_for` are the services that have not confirmed; `user_id` is null where a whole company is erased."""

    erasure_id: UUID
    company_id: UUID
    user_id: UUID | None
    state: ErasureState
    cause: ErasureCause
    requested_at: datetime
    done_at: datetime | None
    waits_for: list[str]
    confirmations: list[HolderBody]


class ConfirmationRequest(ObeyedBody, extra="forbid"):
    """A holder's word."""

    holder: str


@router.post("/me/erasure", status_code=status.HTTP_202_ACCEPTED)
async def erase_me(
    body: ErasureRequest, subject: Annotated[Subject, require(SELF)], given: Given, write: UnkeptWrite
) -> ErasureBody:
    """Be forgotten: name, address and sign-in go at once, what other services keep follows; the password is given again.

    Your id stays in your company's records and names nobody any more. 409 `last_owner` for the last owner: hand the company
    over, or close it.
    """
    await prove(subject, body.password, given)
    # No receipt is kept of it: it would hold a quick hash of a body with a password in it.
    erasure = await write.run(partial(erase_person, ErasePerson(subject.id, real_now())))
    return erasure_body(erasure)


@operators.get("/erasures")
async def list_erasures(
    subject: Annotated[Subject, require("operator:companies")],
    paging: Paging,
    given: Given,
    state: ErasureState | None = None,
) -> Page[ErasureBody]:
    """Who was forgotten, and which service has not obeyed yet: `state=requested` for longer than a day is a fault."""
    found = await given.queries.erasures(state, paging.after_id, paging.limit + 1)
    return paging.page_of(found, erasure_body)


@internal.post("/erasures/{erasure_id}/confirmations")
async def take_confirmation(erasure_id: Id, body: ConfirmationRequest, given: Given) -> dict[str, str]:
    """A holder has erased; its first word stays."""
    kept = tuple(Kept(one.what, one.why, one.until) for one in body.kept)
    command = ConfirmErasure(erasure_id, body.holder, Obeyed(body.erased, kept))
    erasure = await given.executor.run(partial(confirm_erasure, command))
    return {"state": str(erasure.state)}


def erasure_body(erasure: Erasure) -> ErasureBody:
    """As its company and the operator see it."""
    return ErasureBody(
        erasure_id=erasure.id,
        company_id=erasure.subject.company_id,
        user_id=erasure.subject.person_id,
        state=erasure.state,
        cause=erasure.cause,
        requested_at=erasure.requested_at,
        done_at=erasure.done_at,
        waits_for=list(erasure.waits_for),
        confirmations=[
            HolderBody(holder=name, confirmed_at=one.at, **_obeyed(one.obeyed))
            for name, one in sorted(erasure.confirmations.items())
        ],
    )


def _obeyed(obeyed: Obeyed) -> dict[str, Any]:
    return {"erased": dict(obeyed.erased), "kept": [KeptBody(**vars(one)) for one in obeyed.kept]}
