"""A seller's own case: how it stands, and the invoicing mandate."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import seller_shapes
from accounts.api.schemas import InfoAnswerRequest, MandateBody, MandateRequest
from accounts.api.seller_schemas import CaseRequest, SellerFileBody, SellerMoveBody
from accounts.api.state import Doors, Given
from accounts.domain.errors import SellerNotFound
from accounts.domain.mandates import current_mandate
from accounts.domain.requirements import requirements_of
from accounts.domain.seller import Info
from accounts.domain.values import Address
from accounts.use_cases.case_requirements import required_documents
from accounts.use_cases.change_case import ChangeCase, change_case
from accounts.use_cases.give_seller_info import GiveSellerInfo, give_seller_info
from accounts.use_cases.revoke_mandate import RevokeMandate, revoke_mandate
from accounts.use_cases.sign_mandate import SignMandate, sign_mandate
from accounts.use_cases.submit_application import SubmitApplication, submit_application
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/sellers/me", tags=["accounts"])


@router.get("")
async def read_own_seller(subject: Annotated[Subject, require("account:read")], given: Given) -> SellerFileBody:
    """One's case: how it stands, why, everything in it, and in `requirements` what is needed; 404 for who never applied."""
    return await read_seller_file(subject.company_id, given, by_operator=False)


@router.patch("", response_model=SellerMoveBody)
async def change_own_case(
    body: CaseRequest, subject: Annotated[Subject, require("account:write")], write: Write, given: Given
) -> Response:
    """Save more of an application, or change it. After it was handed in, `support_only` names what support has to change.

    Another bank account is asked for with `POST /v1/company/change-requests`. Tax data that come late let payouts go on.
    """
    work = partial(change_case, ChangeCase(subject.company_id, body.change()), given.markets)
    return await write.answer(subject.tenant, work, seller_shapes.seller_move)


@router.post("/submission", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def submit_own_application(
    subject: Annotated[Subject, require("account:write")], write: Write, given: Given
) -> Response:
    """Hand a complete application in; 409 `requirements_open` lists what is missing, with what to do."""
    work = partial(submit_application, SubmitApplication(subject.company_id), given.markets)
    return await write.answer(subject.tenant, work, seller_shapes.seller_move, status=status.HTTP_201_CREATED)


@router.get("/mandate")
async def read_mandate(subject: Annotated[Subject, require("account:read")], given: Given) -> MandateBody:
    """The current text of the invoicing mandate in the company's language, and what was signed."""
    account = await given.queries.account(subject.company_id)
    if account.seller is None:
        raise SellerNotFound()
    current, signed = current_mandate(), account.seller.mandate
    return MandateBody(
        version=current.version,
        text=current.text(account.company.language),
        sha256=current.sha256(account.company.language),
        signed_version=signed.version if signed else None,
        signed_sha256=signed.sha256 if signed else None,
        signatory=signed.signatory if signed else None,
        signed_at=signed.signed_at if signed else None,
        revoked_at=signed.revoked_at if signed else None,
        due_at=account.seller.mandate_due_at,
    )


@router.post("/information", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def answer_operator(
    body: InfoAnswerRequest, subject: Annotated[Subject, require("account:write")], write: Write
) -> Response:
    """Answer what the operator asked about the application (`next_step`), and correct what was wrong in it."""
    where = body.return_address
    info = Info(
        answer=body.answer,
        payout_iban=body.payout_iban,
        payout_holder=body.payout_holder,
        return_address=Address(where.street, where.postal_code, where.city, where.country) if where else None,
        support_phone=body.support_phone,
    )
    work = partial(give_seller_info, GiveSellerInfo(subject.company_id, info))
    return await write.answer(subject.tenant, work, seller_shapes.seller_move, status=status.HTTP_201_CREATED)


@router.post("/mandate", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def accept_mandate(
    body: MandateRequest, subject: Annotated[Subject, require("account:write")], write: Write, given: Given
) -> Response:
    """Sign the invoicing mandate. An approved seller may sell from then on, and so may one that was only short of it."""
    command = SignMandate(
        seller_id=subject.company_id,
        version=body.version,
        accepted=body.accepted,
        signatory=body.signatory,
        signed_by=subject.id,
        at=real_now(),
        sha256=body.sha256,
    )
    work = partial(sign_mandate, command, given.markets)
    return await write.answer(subject.tenant, work, seller_shapes.seller_move, status=status.HTTP_201_CREATED)


@router.post("/mandate-revocation", status_code=status.HTTP_201_CREATED, response_model=SellerMoveBody)
async def take_mandate_back(subject: Annotated[Subject, require("account:write")], write: Write) -> Response:
    """End the invoicing mandate: no new orders until it is signed anew. Open orders are finished, money is paid out."""
    work = partial(revoke_mandate, RevokeMandate(subject.company_id, subject.id, real_now()))
    return await write.answer(subject.tenant, work, seller_shapes.seller_move, status=status.HTTP_201_CREATED)


async def read_seller_file(seller_id: Id, given: Doors, *, by_operator: bool) -> SellerFileBody:
    """For the seller and for the operator."""
    found = await given.queries.seller_file(seller_id)
    required = required_documents(found.seller.markets, given.markets, given.executor.clock.now().date())
    needed = requirements_of(found.company, found.seller, found.documents, required, current_mandate().version)
    return seller_shapes.seller_file(found.company, found.seller, needed, by_operator=by_operator)
