"""Payments: where and how much to pay, and how far it is."""

from typing import Annotated

from fastapi import APIRouter, Query

from chassis.kernel.ids import Id
from chassis.web.pages import Page, Paging
from payments.api.reader import PaymentReader, Read
from payments.api.schemas import PaymentBody
from payments.api.windows import window_of
from payments.domain.errors import NoSuchPayment

router = APIRouter(prefix="/v1/payments", tags=["payments"])


@router.get("")
async def list_payments(
    reader: PaymentReader,
    paging: Paging,
    queries: Read,
    order_id: Annotated[Id | None, Query(description="Only the payment of this order")] = None,
) -> Page[PaymentBody]:
    """Payments, newest first: the buyer's own, or all for operators and auditors."""
    found = await queries.payments(reader, order_id, window_of(paging))
    return paging.page_of(found, PaymentBody.model_validate, lambda one: (one.opened_at.isoformat(), one.id))


@router.get("/{payment_id}")
async def read_payment(payment_id: Id, reader: PaymentReader, queries: Read) -> PaymentBody:
    """One payment; 404 `payment_not_found` for strangers."""
    found = await queries.payment(reader, payment_id)
    if found is None:
        raise NoSuchPayment(id=str(payment_id))
    return PaymentBody.model_validate(found)
