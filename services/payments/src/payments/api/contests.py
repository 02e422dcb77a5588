"""Documents that their seller contests, and what the operator decides."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write
from payments.api.contest_schemas import ContestBody, ContestRequest, DismissalRequest, UpholdingRequest
from payments.api.reader import Read
from payments.domain.contest import ContestState, NoSuchContest
from payments.use_cases.dismiss_contest import DismissContest, dismiss_contest
from payments.use_cases.open_contest import OpenContest, open_contest
from payments.use_cases.uphold_contest import UpholdContest, uphold_contest

router = APIRouter(prefix="/v1/seller", tags=["invoices"])
operators = APIRouter(prefix="/v1/operator/invoice-contests", tags=["operator"])

Contester = Annotated[Subject, require("invoices:contest")]
SellerReader = Annotated[Subject, require("payouts:read")]
Finance = Annotated[Subject, require("operator:money")]


@router.post("/invoices/{invoice_id}/contest", status_code=201, response_model=ContestBody)
async def contest_invoice(invoice_id: Id, body: ContestRequest, subject: Contester, write: Write) -> Response:
    """Say that an invoice or credit note issued in your name is wrong, within the days that your mandate gives you.

    409 `contest_too_late` afterwards, `invoice_contested_already` for a second time. The document and its money stay as they
    are until the operator has decided.
    """
    command = OpenContest(invoice_id, subject.company_id, body.reason, body.says)
    return await write.answer(
        subject.tenant,
        partial(open_contest, command),
        ContestBody.model_validate,
        status=201,
        location=lambda one: f"/v1/seller/invoices/{one.invoice_id}/contest",
    )


@router.get("/invoices/{invoice_id}/contest")
async def read_invoice_contest(invoice_id: Id, subject: SellerReader, queries: Read) -> ContestBody:
    """What became of your contest; 404 `contest_not_found` where there is none."""
    found = await queries.contest(subject.company_id, invoice_id)
    if found is None:
        raise NoSuchContest(invoice_id=str(invoice_id))
    return ContestBody.model_validate(found)


@router.get("/invoice-contests")
async def list_own_invoice_contests(
    subject: SellerReader, paging: Paging, queries: Read, state: ContestState | None = None
) -> Page[ContestBody]:
    """Your contested documents, oldest first."""
    found = await queries.contests(subject.company_id, state, paging.after_id, paging.limit + 1)
    return paging.page_of(found, ContestBody.model_validate)


@operators.get("")
async def list_invoice_contests(
    subject: Finance, paging: Paging, queries: Read, state: ContestState | None = None
) -> Page[ContestBody]:
    """Contested documents of all sellers, oldest first; `state=open` is the queue."""
    found = await queries.contests(None, state, paging.after_id, paging.limit + 1)
    return paging.page_of(found, ContestBody.model_validate)


@operators.post("/{contest_id}/upholding", status_code=201, response_model=ContestBody)
async def uphold_invoice_contest(contest_id: Id, body: UpholdingRequest, subject: Finance, write: Write) -> Response:
    """The seller is right about who trades (`buyer_data`, `seller_data`): a credit note and a new invoice from today's data.

    No money moves. 409 `nothing_to_correct` while the companies' profiles say what the invoice says; 409
    `correction_not_carried` with `why` for what cannot be corrected so: another reason, a credit note, goods that were
    credited, a VAT number that is missing.
    """
    work = partial(uphold_contest, UpholdContest(contest_id, body.answer))
    return await write.answer(subject.tenant, work, ContestBody.model_validate, status=201)


@operators.post("/{contest_id}/dismissal", status_code=201, response_model=ContestBody)
async def dismiss_invoice_contest(contest_id: Id, body: DismissalRequest, subject: Finance, write: Write) -> Response:
    """The document is right as it is; the seller is told why."""
    work = partial(dismiss_contest, DismissContest(contest_id, body.reason, body.answer))
    return await write.answer(subject.tenant, work, ContestBody.model_validate, status=201)
