"""Cases: a buyer sends a broken device back; its seller repairs, replaces, or gives it up."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from aftersales.api.coverages import Given
from aftersales.api.reader import Reading
from aftersales.api.schemas import (
    CaseBody,
    FeeBody,
    FindingBody,
    ImpossibilityBody,
    OpenCaseBody,
    RemedyBody,
    ResolutionBody,
    ReturnParcelBody,
    ReturnPlaceBody,
)
from aftersales.domain.case import Case, CaseState, Complaint
from aftersales.use_cases.choose_remedy import ChooseRemedy, choose_remedy
from aftersales.use_cases.give_up_case import GiveUpCase, give_up_case
from aftersales.use_cases.inspect_case import InspectCase, inspect_case
from aftersales.use_cases.move_case import Actor
from aftersales.use_cases.open_case import OpenCase
from aftersales.use_cases.open_case import open_case as ask_for_return
from aftersales.use_cases.ports import Markets, Reader, WantedCases
from aftersales.use_cases.receive_case import ReceiveCase, receive_case
from aftersales.use_cases.resolve_case import ResolveCase, resolve_case
from aftersales.use_cases.send_case import SendCase, send_case
from aftersales.use_cases.withdraw_case import WithdrawCase, withdraw_case
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.internal import internal_caller
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/cases", tags=["aftersales"])
internal = APIRouter(prefix="/internal/cases", dependencies=[Depends(internal_caller)], include_in_schema=False)


async def _markets(request: Request) -> Markets:
    markets: Markets = request.app.state.markets
    return markets


Rules = Annotated[Markets, Depends(_markets)]
# A case is about an order, so it takes what orders take: the buyer's scope, the seller's, or the operator's for either.
BuyerOf = Annotated[Subject, require("orders:write", "operator:cases")]
SellerOf = Annotated[Subject, require("seller_orders:write", "operator:cases")]


@router.get("")
async def list_cases(
    reader: Reading,
    paging: Paging,
    queries: Given,
    order_id: Annotated[Id | None, Query(description="Only those of this order")] = None,
    seller_order_id: Annotated[Id | None, Query(description="Only those of this seller order")] = None,
    state: CaseState | None = None,
    open: Annotated[bool | None, Query(description="Only open ones, or only ended ones")] = None,
) -> Page[CaseBody]:
    """Cases, newest first: a buyer's or seller's own, or all for operators and auditors."""
    wanted = WantedCases(order_id, seller_order_id, state, open)
    found = await queries.cases(reader, wanted, paging.after_id, paging.limit + 1)
    return paging.page_of(found, _body)


@router.get("/{case_id}")
async def read_case(case_id: Id, reader: Reading, queries: Given, response: Response) -> CaseBody:
    """One case; its version is the ETag."""
    case = await queries.case(reader, case_id)
    response.headers["ETag"] = f'"{case.version}"'
    return _body(case)


@router.post("", status_code=201, response_model=CaseBody)
async def open_case(body: OpenCaseBody, write: Write, markets: Rules, subject: BuyerOf) -> Response:
    """Open a case for one broken device of an order. It is authorised at once if the device is in warranty.

    The answer has the number to write on the parcel (`rma`) and what to do before sending it (`checklist`). Refused by name
    otherwise: `unknown_unit`, `not_delivered`, `not_in_warranty`, `case_already_open`, `unit_refunded`, `unit_replaced`.
    """
    actor = _actor(subject, "buyer")
    complaint = Complaint(body.unit.strip(), body.defect, body.description)
    command = OpenCase(actor.company_id, body.order_id, complaint)
    return await write.answer(
        subject.tenant,
        partial(ask_for_return, command, markets),
        _body,
        status=201,
        location=lambda case: f"/v1/cases/{case.id}",
    )


@router.post("/{case_id}/withdrawal", response_model=CaseBody)
async def withdraw_return(case_id: Id, write: Write, subject: BuyerOf) -> Response:
    """The buyer keeps the device; possible until the seller has it."""
    work = partial(withdraw_case, WithdrawCase(_actor(subject, "buyer"), case_id))
    return await write.answer(subject.tenant, work, _body)


@router.post("/{case_id}/dispatch", response_model=CaseBody)
async def announce_return_parcel(case_id: Id, body: ReturnParcelBody, write: Write, subject: BuyerOf) -> Response:
    """Tell that the parcel is on its way; it is received all the same if nobody did."""
    work = partial(send_case, SendCase(_actor(subject, "buyer"), case_id, body.tracking_number))
    return await write.answer(subject.tenant, work, _body)


@router.post("/{case_id}/receipt", response_model=CaseBody)
async def receive_return(case_id: Id, write: Write, markets: Rules, subject: SellerOf) -> Response:
    """The device is with the seller: from now on `remedy_until` runs, and when it is over the buyer is refunded."""
    work = partial(receive_case, ReceiveCase(_actor(subject, "seller"), case_id), markets)
    return await write.answer(subject.tenant, work, _body)


@router.post("/{case_id}/inspection", response_model=CaseBody)
async def inspect_return(case_id: Id, body: FindingBody, write: Write, markets: Rules, subject: SellerOf) -> Response:
    """What the seller found: the defect, an account lock (the clock stands still), no fault, or an excluded damage.

    422 `battery_not_measured`, `battery_below_floor`: a battery below what the market promises is a defect.
    """
    command = InspectCase(_actor(subject, "seller"), case_id, body.finding, body.exclusion, body.battery_health_percent)
    return await write.answer(subject.tenant, partial(inspect_case, command, markets), _body)


@router.post("/{case_id}/remedy", response_model=CaseBody)
async def choose_return_remedy(
    case_id: Id, body: RemedyBody, write: Write, markets: Rules, subject: SellerOf
) -> Response:
    """Repair or replace, as far as the market offers it; the seller may change it while it works."""
    command = ChooseRemedy(_actor(subject, "seller"), case_id, body.remedy)
    return await write.answer(subject.tenant, partial(choose_remedy, command, markets), _body)


@router.post("/{case_id}/resolution", response_model=CaseBody)
async def resolve_return(case_id: Id, body: ResolutionBody, write: Write, subject: SellerOf) -> Response:
    """A working device goes back to the buyer; a replacement is named by its IMEI or serial number."""
    command = ResolveCase(_actor(subject, "seller"), case_id, body.tracking_number, body.replacement_unit)
    return await write.answer(subject.tenant, partial(resolve_case, command), _body)


@router.post("/{case_id}/impossibility", response_model=CaseBody)
async def give_return_up(case_id: Id, body: ImpossibilityBody, write: Write, subject: SellerOf) -> Response:
    """Neither repair nor replacement is possible: the refund begins by itself, with a credit note in the seller's name."""
    command = GiveUpCase(_actor(subject, "seller"), case_id, body.reason)
    return await write.answer(subject.tenant, partial(give_up_case, command), _body)


@internal.get("/{case_id}")
async def read_case_internally(case_id: Id, queries: Given) -> CaseBody:
    """For the mail that tells a buyer where to send the parcel."""
    return _body(await queries.case(Reader(), case_id))


def _actor(subject: Subject, kind: Any) -> Actor:
    if subject.kind == "operator":
        return Actor("operator")
    if subject.kind != kind:
        raise Problem(403, f"{kind}_needed", f"Only a {kind} company does this")
    return Actor(kind, subject.company_id)


def _body(case: Case) -> CaseBody:
    fee = FeeBody(amount=case.fee.minor, currency=case.fee.currency) if case.fee else None
    place = ReturnPlaceBody.model_validate(case.return_to) if case.return_to else None
    made = ("fee", "return_to")
    values = {name: value for name, value in vars(case).items() if name in CaseBody.model_fields and name not in made}
    return CaseBody(**values, is_open=case.is_open, fee=fee, return_to=place)
