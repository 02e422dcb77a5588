"""What our own machines ask of orders: the mailer reads an order and its paper, payments weighs a reservation on a card."""

from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.internal import internal_caller
from orders.api.reading import Reads, paper
from orders.api.schemas import order_body
from orders.use_cases.find_ship_by import FindShipBy, find_ship_by

router = APIRouter(prefix="/internal/orders", dependencies=[Depends(internal_caller)], include_in_schema=False)


@router.get("/{order_id}")
async def read_order_internally(order_id: Id, reads: Reads) -> Any:
    """The order as its buyer sees it."""
    return order_body(await reads.order(order_id, None))


class ShipByBody(BaseModel):
    """When the last parcel of the order would have to leave if it were secured now."""

    ship_by: datetime


@router.get("/{order_id}/ship-by")
async def read_ship_by_internally(order_id: Id, request: Request) -> ShipByBody:
    """How long a card's reservation would have to hold."""
    found: datetime = await request.app.state.executor.run(partial(find_ship_by, FindShipBy(order_id)))
    return ShipByBody(ship_by=found)


@router.get("/{order_id}/purchase-order")
async def read_purchase_order_internally(order_id: Id, reads: Reads) -> Response:
    """The stored PDF."""
    return paper(await reads.purchase_order(order_id, None), f"purchase-order-{order_id}")
