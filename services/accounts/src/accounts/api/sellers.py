"""A seller's own case: how it stands, and the invoicing mandate."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.schemas import InfoAnswerRequest, MandateBody, MandateRequest, SellerBody, SellerStateBody
from accounts.api.state import Given
from accounts.domain.errors import SellerNotFound
from accounts.domain.mandates import current_mandate
from accounts.domain.seller import Info
from accounts.domain.values import Address
from accounts.use_cases.give_seller_info import GiveSellerInfo, give_seller_info
from accounts.use_cases.sign_mandate import SignMandate, sign_mandate
from chassis.kernel.clock import real_now
from chassis.web.auth import Subject, require
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/sellers/me", tags=["accounts"])


@router.get("")
async def read_own_seller(subject: Annotated[Subject, require("account:read")], given: Given) -> SellerBody:
    """The state of one's application, with the reason of a refusal; 404 for who never applied."""
    account = await given.queries.account(subject.company_id)
    if account.seller is None:
        raise SellerNotFound()
    return shapes.seller(account.company, account.seller)


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
        signed_version=signed.version if signed else None,
        signatory=signed.signatory if signed else None,
        signed_at=signed.signed_at if signed else None,
    )


@router.post("/information", status_code=status.HTTP_201_CREATED, response_model=SellerStateBody)
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
    return await write.answer(subject.tenant, work, shapes.seller_state, status=status.HTTP_201_CREATED)


@router.post("/mandate", status_code=status.HTTP_201_CREATED, response_model=SellerStateBody)
async def accept_mandate(
    body: MandateRequest, subject: Annotated[Subject, require("account:write")], write: Write
) -> Response:
    """Sign the invoicing mandate; an approved seller may sell from then on."""
    command = SignMandate(subject.company_id, body.version, body.accepted, body.signatory, real_now())
    return await write.answer(
        subject.tenant, partial(sign_mandate, command), shapes.seller_state, status=status.HTTP_201_CREATED
    )
