"""Orders as their sellers see them: list, read, accept, ship."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write
from orders.api.reading import Reads, UpdatedSince, owner, page, wanted
from orders.api.schemas import (
    SellerOrderDetail,
    SellerOrderSummary,
    ShipBody,
    seller_order_detail,
    seller_order_summary,
)
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.use_cases.accept_seller_order import AcceptSellerOrder, accept_seller_order
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order

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

    return page(paging, found, seller_order_summary, key)


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
    command = AcceptSellerOrder(_seller(subject), seller_order_id)
    return await _write(write, subject, partial(accept_seller_order, command), reads, seller_order_id, 200)


@router.post("/{seller_order_id}/shipments", status_code=201, response_model=SellerOrderDetail)
async def create_shipment(
    seller_order_id: Id,
    body: ShipBody,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> Response:
    """Ship the whole seller order in one parcel, every unit named. Nothing about the goods changes after this."""
    command = ShipSellerOrder(_seller(subject), seller_order_id, body.carrier, body.tracking_number, body.shipped())
    return await _write(write, subject, partial(ship_seller_order, command), reads, seller_order_id, 201)


async def _write(write: Write, subject: Subject, work: Any, reads: Reads, seller_order_id: Id, status: int) -> Response:
    """Run the command once, then answer with the seller order as it is now; the receipt keeps the verdict only."""
    done = await write.answer(subject.tenant, work, lambda id: {"id": id}, status=status)
    view = await reads.seller_order(seller_order_id, subject.company_id)
    headers = {"ETag": f'"{view.seller_order.version}"'}
    if "Idempotent-Replayed" in done.headers:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(seller_order_detail(view).model_dump(mode="json"), status, headers)


def _seller(subject: Subject) -> Id:
    if subject.kind != "seller":
        raise Problem(403, "seller_needed", "Only a seller company does this")
    return subject.company_id
