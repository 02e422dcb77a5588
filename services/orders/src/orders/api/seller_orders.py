"""Orders as their sellers see them: list, read, accept, ship."""

import asyncio
import json
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write
from orders.api.reading import Reads, UpdatedSince, owner, wanted
from orders.api.schemas import (
    AnnounceDelayBody,
    AnswerCancellationBody,
    CancelPartBody,
    SellerOrderDetail,
    SellerOrderSummary,
    ShipBody,
    seller_order_detail,
    seller_order_summary,
)
from orders.domain.errors import CardCaptureFailed
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import ShipmentState
from orders.use_cases.accept_seller_order import AcceptSellerOrder, accept_seller_order
from orders.use_cases.announce_delay import AnnounceDelay, announce_delay
from orders.use_cases.answer_cancellation import AnswerCancellation, answer_cancellation
from orders.use_cases.cancel_seller_order import CancelSellerOrder, cancel_seller_order
from orders.use_cases.ports import SellerOrderView
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order

# The provider answers a charge within a second, or it is down.
_CAPTURE_WAIT_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.05

router = APIRouter(prefix="/v1/seller/orders", tags=["seller orders"])


@router.get("")
async def list_seller_orders(
    reads: Reads,
    paging: Paging,
    subject: Annotated[Subject, require("seller_orders:read", "audit:read")],
    state: SellerOrderState | None = None,
    updated_since: UpdatedSince = None,
) -> Page[SellerOrderSummary]:
    """The seller's orders, newest first; with `updated_since` a change feed."""
    found = await reads.seller_orders(owner(subject, "seller"), wanted(paging, state, updated_since))

    def key(part: SellerOrder) -> tuple[Any, Id]:
        return (part.opened_at if updated_since is None else part.updated_at), part.id

    return paging.page_of(found, seller_order_summary, key)


@router.get("/{seller_order_id}")
async def read_seller_order(
    seller_order_id: Id,
    reads: Reads,
    response: Response,
    subject: Annotated[Subject, require("seller_orders:read", "audit:read")],
) -> SellerOrderDetail:
    """One seller order; the delivery address stands in it once it is paid."""
    view = await reads.seller_order(seller_order_id, owner(subject, "seller"))
    response.headers["ETag"] = f'"{view.seller_order.version}"'
    return seller_order_detail(view)


@router.post("/{seller_order_id}/acceptance", response_model=SellerOrderDetail)
async def accept_paid_order(
    seller_order_id: Id, reads: Reads, write: Write, subject: Annotated[Subject, require("seller_orders:write")]
) -> Response:
    """Accept a paid order, in markets that ask for it."""
    command = AcceptSellerOrder(seller_of(subject), seller_order_id)
    return await _write(write, subject, partial(accept_seller_order, command), reads, seller_order_id, 200)


@router.post("/{seller_order_id}/cancellation", response_model=SellerOrderDetail)
async def cancel_paid_seller_order(
    seller_order_id: Id,
    body: CancelPartBody,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> Response:
    """Give up a paid seller order that you cannot deliver, before its parcel is named. The buyer gets its share back.

    422 `cancellation_reason_not_accepted` names the reasons of the order's market; 409 `delay_comes_first`: there a part that
    is out of stock is late first; 409 `seller_order_move_refused`: it has left, or its card is being charged.
    """
    command = CancelSellerOrder(seller_of(subject), seller_order_id, body.reason)
    return await _write(write, subject, partial(cancel_seller_order, command), reads, seller_order_id, 200)


@router.post("/{seller_order_id}/cancellation-decision", response_model=SellerOrderDetail)
async def answer_cancellation_request(
    seller_order_id: Id,
    body: AnswerCancellationBody,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> Response:
    """Let a buyer go who asked to cancel what it paid, or deliver as ordered. Shipping it answers too: the parcel is faster.

    409 `cancellation_not_asked`: there is nothing to answer (any more); `seller_order_move_refused`: it has left.
    """
    command = AnswerCancellation(seller_of(subject), seller_order_id, body.decision == "accept")
    return await _write(write, subject, partial(answer_cancellation, command), reads, seller_order_id, 200)


@router.post("/{seller_order_id}/delay", response_model=SellerOrderDetail)
async def announce_delay_of_seller_order(
    seller_order_id: Id,
    body: AnnounceDelayBody,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> Response:
    """Tell the buyer that the parcel leaves later than promised. `ship_by` stays, and so does what follows from it.

    Told before `ship_by`, a delay that the market excuses is not counted against you (`delay.excused`).
    """
    command = AnnounceDelay(seller_of(subject), seller_order_id, body.reason, body.expected_on)
    return await _write(write, subject, partial(announce_delay, command), reads, seller_order_id, 200)


@router.post("/{seller_order_id}/shipments", status_code=201, response_model=SellerOrderDetail)
async def create_shipment(
    seller_order_id: Id,
    body: ShipBody,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> Response:
    """Ship the whole seller order in one parcel, every unit named. Nothing about the goods changes after this.

    Where the buyer's card is charged when the goods leave, the answer waits up to five seconds for that: 409
    `card_capture_failed` means that the parcel stays (ship it again later), 202 that the card is still being charged.
    """
    command = ShipSellerOrder(seller_of(subject), seller_order_id, body.carrier, body.tracking_number, body.shipped())
    work = partial(ship_seller_order, command)
    return await _write(write, subject, work, reads, seller_order_id, 201, until_left=True)


async def _write(
    write: Write,
    subject: Subject,
    work: Any,
    reads: Reads,
    seller_order_id: Id,
    status: int,
    *,
    until_left: bool = False,
) -> Response:
    """Run the command once, then answer with the seller order as it is now; the receipt keeps the verdict only."""
    done = await write.answer(subject.tenant, work, lambda id: {"id": id}, status=status)
    if done.status_code >= 400:
        return done
    view = await reads.seller_order(seller_order_id, subject.company_id)
    if until_left:
        view, status = await _left(view, Id(json.loads(bytes(done.body))["id"]), reads, subject)
    headers = {"ETag": f'"{view.seller_order.version}"'}
    if "Idempotent-Replayed" in done.headers:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(seller_order_detail(view).model_dump(mode="json"), status, headers)


async def _left(view: SellerOrderView, shipment_id: Id, reads: Reads, subject: Subject) -> tuple[SellerOrderView, int]:
    """The view once payments has answered about the parcel's money, or after five seconds as it is."""
    deadline = asyncio.get_running_loop().time() + _CAPTURE_WAIT_SECONDS
    while True:
        state = next(one.state for one in view.shipments if one.id == shipment_id)
        if state is ShipmentState.WITHDRAWN:
            raise CardCaptureFailed(shipment_id=str(shipment_id))
        if state is not ShipmentState.ANNOUNCED:
            return view, 201
        if asyncio.get_running_loop().time() >= deadline:
            return view, 202
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        view = await reads.seller_order(view.seller_order.id, subject.company_id)


def seller_of(subject: Subject) -> Id:
    """The seller company that the subject acts for."""
    if subject.kind != "seller":
        raise Problem(403, "seller_needed", "Only a seller company does this")
    return subject.company_id
