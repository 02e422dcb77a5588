"""Refunds: money on its way back to buyers."""

from typing import Annotated

from fastapi import APIRouter, Query

from chassis.kernel.ids import Id
from chassis.web.pages import Page, Paging
from payments.api.reader import PaymentReader, Read
from payments.api.schemas import RefundBody
from payments.api.windows import window_of

router = APIRouter(prefix="/v1/refunds", tags=["payments"])


@router.get("")
async def list_refunds(
    reader: PaymentReader,
    paging: Paging,
    queries: Read,
    order_id: Annotated[Id | None, Query(description="Only those of this order")] = None,
) -> Page[RefundBody]:
    """Refunds, newest first: the buyer's own, or all for operators and auditors."""
    found = await queries.refunds(reader, order_id, window_of(paging))
    return paging.page_of(found, RefundBody.model_validate, lambda one: (one.created_at.isoformat(), one.id))
