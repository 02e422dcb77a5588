"""A morning's parcels in one table."""

import asyncio
import hashlib
import json
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from chassis.db.receipts import Answer, Receipt, StoredRefusal
from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.bodies import body_sent_as
from chassis.web.writes import Write, WriteCall, refusing
from orders.api.parcel_tables import read_parcels
from orders.api.reading import Reads
from orders.api.seller_orders import seller_of
from orders.domain.errors import CardCaptureFailed, SellerOrderNotFound
from orders.domain.parcel_table import TableParcel
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.use_cases.ports import UnitOfWork
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order

router = APIRouter(prefix="/v1/seller", tags=["seller orders"])

CSV = "text/csv"
# So many parcels wait for the database at the same time; they share its transactions.
_SIDE_BY_SIDE = 64
_TABLE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A table with a header: order, carrier, tracking_number, sku, imei, serial. A row for each device",
        "content": {
            CSV: {
                "schema": {"type": "string"},
                "example": "order,carrier,tracking_number,sku,imei\n100042-1,DHL,JD0001,IP13-128,356938035643809\n",
            }
        },
    }
}


class ParcelProblemBody(BaseModel):
    """Why a parcel was refused, as `POST …/shipments` would have said it."""

    code: str
    title: str
    detail: str | None = None
    facts: dict[str, Any] = {}


class ParcelResultBody(BaseModel):
    """What became of a parcel; `lines` are those of the file. `announced` waits until the buyer's card is charged."""

    order: str
    lines: list[int]
    status: Literal["shipped", "announced", "rejected"]
    seller_order_id: Id | None = None
    shipment_id: Id | None = None
    problem: ParcelProblemBody | None = None


class ParcelResultsBody(BaseModel):
    """Every parcel of the table, in its order."""

    shipped: int
    announced: int
    rejected: int
    parcels: list[ParcelResultBody]


@router.post("/shipments", openapi_extra=_TABLE)
async def ship_table(
    request: Request,
    response: Response,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> ParcelResultsBody:
    """Ship up to 1,000 parcels at once: a table with a row for each device, by the number of its seller order.

    Carrier and tracking number need to stand in one row of a parcel only; the SKU may be left out where the order has but
    one. Each parcel is shipped, or refused, by itself, exactly as by `POST …/shipments`. The same table sent again with the same
    key, also after a broken connection, sends nothing twice and goes on where it was.
    """
    seller_id, key = seller_of(subject), write.key
    parcels, replayed = await _begun(write, subject, await body_sent_as(request, CSV))
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    numbers = [one.order for one in parcels]
    known = {part.number: part for part in await reads.numbered(seller_id, numbers)}
    turns = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def ship(parcel: TableParcel) -> Id | ParcelProblemBody:
        async with turns:
            try:
                return await _shipped(write, key, subject, parcel, known.get(parcel.order))
            except (DomainError, StoredRefusal) as error:
                detail, facts = error.detail or None, dict(error.facts)
                return ParcelProblemBody(code=error.code, title=error.title, detail=detail, facts=facts)

    verdicts = await asyncio.gather(*(ship(one) for one in parcels))
    after = {part.number: part for part in await reads.numbered(seller_id, numbers)}
    results = [_result(one, verdict, after.get(one.order)) for one, verdict in zip(parcels, verdicts, strict=True)]
    counts = {status: sum(one.status == status for one in results) for status in ("shipped", "announced", "rejected")}
    return ParcelResultsBody(**counts, parcels=results)


async def _begun(write: WriteCall, subject: Subject, body: bytes) -> tuple[list[TableParcel], bool]:
    """The parcels of a table that this key stands for, and whether it was sent before; a refusal is kept under the key."""
    receipt = Receipt(subject.tenant, write.key, write.fingerprint)
    try:
        parcels = await asyncio.to_thread(read_parcels, body)
    except DomainError as error:
        await write.executor.answer(refusing(error), receipt, lambda _: Answer(200, None))
        raise AssertionError("what is refused has no answer") from error

    async def begin(uow: UnitOfWork, now: datetime) -> int:
        return len(parcels)

    answer = await write.executor.answer(begin, receipt, lambda count: Answer(200, {"parcels": count}))
    return parcels, answer.replayed


async def _shipped(write: WriteCall, key: str, subject: Subject, parcel: TableParcel, part: SellerOrder | None) -> Id:
    if part is None:
        raise SellerOrderNotFound(id=parcel.order)
    carrier, tracking_number = parcel.label()
    command = ShipSellerOrder(part.seller_id, part.id, carrier, tracking_number, parcel.shipped(part.lines))
    told = json.dumps([carrier, tracking_number, [[row.sku, row.unit.number] for row in parcel.rows]])
    # Each parcel has a key of its own, so that a table that was cut off goes on where it was.
    receipt = Receipt(subject.tenant, f"{key}/{part.id}", hashlib.sha256(told.encode()).hexdigest())
    answer = await write.executor.answer(
        partial(ship_seller_order, command), receipt, lambda id: Answer(201, {"id": str(id)})
    )
    return Id(answer.body["id"])


def _result(parcel: TableParcel, verdict: Id | ParcelProblemBody, part: SellerOrder | None) -> ParcelResultBody:
    id = part.id if part else None
    if isinstance(verdict, ParcelProblemBody):
        return ParcelResultBody(
            order=parcel.order, lines=parcel.lines, status="rejected", seller_order_id=id, problem=verdict
        )
    assert part is not None, "what was shipped is there"
    if part.state in (SellerOrderState.TO_SHIP, SellerOrderState.ADDRESS_CHANGE_PENDING):
        # The buyer's card was asked in the meantime, and did not pay.
        declined = ParcelProblemBody(code=CardCaptureFailed.code, title=CardCaptureFailed.title)
        return ParcelResultBody(
            order=parcel.order, lines=parcel.lines, status="rejected", seller_order_id=id, problem=declined
        )
    waits = part.state is SellerOrderState.ANNOUNCED
    return ParcelResultBody(
        order=parcel.order,
        lines=parcel.lines,
        status="announced" if waits else "shipped",
        seller_order_id=id,
        shipment_id=verdict,
    )
