"""What our own machines ask of orders: the mailer reads an order and its paper."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.internal import internal_caller
from orders.api.reading import Reads, paper
from orders.api.schemas import order_body

router = APIRouter(prefix="/internal/orders", dependencies=[Depends(internal_caller)], include_in_schema=False)


@router.get("/{order_id}")
async def read_order_internally(order_id: Id, reads: Reads) -> Any:
    """The order as its buyer sees it."""
    return order_body(await reads.order(order_id, None))


@router.get("/{order_id}/purchase-order")
async def read_purchase_order_internally(order_id: Id, reads: Reads) -> Response:
    """The stored PDF."""
    return paper(await reads.purchase_order(order_id, None), f"purchase-order-{order_id}")
