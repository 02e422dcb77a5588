"""The operator's side: decide about sellers."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import seller_shapes, shapes
from accounts.api.schemas import (
    InfoQuestionRequest,
    OffboardingRequest,
    RejectionRequest,
    SellerBody,
    SuspensionRequest,
)
from accounts.api.seller_schemas import SellerMoveBody
from accounts.api.state import Given
from accounts.domain.seller import SellerState
from accounts.use_cases.approve_seller import ApproveSeller, approve_seller
from accounts.use_cases.offboard_seller import OffboardSeller, offboard_seller
from accounts.use_cases.reinstate_seller import ReinstateSeller, reinstate_seller
from accounts.use_cases.reject_seller import RejectSeller, reject_seller
from accounts.use_cases.request_seller_info import RequestSellerInfo, request_seller_info
from accounts.use_cases.start_seller_review import StartSellerReview, start_seller_review
from accounts.use_cases.suspend_seller import SuspendSeller, suspend_seller
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write, WriteCall

router = APIRouter(prefix="/v1/operator", tags=["operator"])

Operator = Annotated[Subject, require("operator:sellers")]


@router.get("/sellers")
async def list_sellers(
    subject: Operator, paging: Paging, given: Given, state: SellerState | None = None
) -> Page[SellerBody]:
    """Seller cases, oldest first; `state=submitted` is the list of what waits for a decision."""
    after = paging.after_id
    accounts = await given.queries.sellers(state, after, paging.limit + 1)
    shown = [shapes.seller(one.company, one.seller) for one in accounts[: paging.limit] if one.seller]
    return paging.page(shown, [shown[-1].seller_id] if len(accounts) > paging.limit else None)


@router.post("/sellers/{seller_id}/approval", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def approve_application(seller_id: Id, subject: Operator, write: Write, given: Given) -> Response:
    """Admit a seller to the markets it applied for; it sells once it has signed the mandate."""
    return await _move(subject, write, partial(approve_seller, ApproveSeller(seller_id), given.markets))


@router.post("/sellers/{seller_id}/rejection", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def reject_application(seller_id: Id, body: RejectionRequest, subject: Operator, write: Write) -> Response:
    """Refuse an application, with a reason and what the seller could do next."""
    return await _move(subject, write, partial(reject_seller, RejectSeller(seller_id, body.reason, body.next_step)))


@router.post("/sellers/{seller_id}/review", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def review_application(seller_id: Id, subject: Operator, write: Write) -> Response:
    """Begin to look at an application; the seller sees it."""
    return await _move(subject, write, partial(start_seller_review, StartSellerReview(seller_id)))


@router.post(
    "/sellers/{seller_id}/information-requests", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody
)
async def ask_applicant(
    seller_id: Id, body: InfoQuestionRequest, subject: Operator, write: Write, given: Given
) -> Response:
    """Ask for what is missing. The seller is reminded after some business days; without an answer the application lapses."""
    command = RequestSellerInfo(seller_id, body.reason, body.next_step)
    return await _move(subject, write, partial(request_seller_info, command, given.markets))


@router.post("/sellers/{seller_id}/offboarding", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def offboard_seller_for_good(
    seller_id: Id, body: OffboardingRequest, subject: Operator, write: Write
) -> Response:
    """End a seller for good: no new orders; open ones are finished, and paid out when their claim windows have closed."""
    return await _move(subject, write, partial(offboard_seller, OffboardSeller(seller_id, body.reason)))


@router.post("/sellers/{seller_id}/suspension", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def suspend_selling(seller_id: Id, body: SuspensionRequest, subject: Operator, write: Write) -> Response:
    """Stop a seller from taking new orders; open ones are finished."""
    return await _move(subject, write, partial(suspend_seller, SuspendSeller(seller_id, body.reason)))


@router.delete("/sellers/{seller_id}/suspension", response_model=SellerMoveBody)
async def lift_suspension(seller_id: Id, subject: Operator, write: Write) -> Response:
    """Let a suspended seller sell again."""
    work = partial(reinstate_seller, ReinstateSeller(seller_id))
    return await write.answer(subject.tenant, work, seller_shapes.seller_move)


async def _move(subject: Subject, write: WriteCall, work: Any) -> Response:
    return await write.answer(subject.tenant, work, seller_shapes.seller_move, status=status.HTTP_201_CREATED)
