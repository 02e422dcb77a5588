"""Orders of a buyer: place, list, read, cancel, and the purchase order as PDF."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from chassis.db.receipts import Answer, Receipt, StoredRefusal
from chassis.kernel.ids import Id, new_id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write, WriteCall, replay_header
from orders.api.reading import Reads, UpdatedSince, owner, paper, wanted
from orders.api.schemas import (
    AskCancellationBody,
    OrderBody,
    OrderSummary,
    PlaceOrderBody,
    order_body,
    order_summary,
    refused_lines,
)
from orders.api.waiters import Waiters
from orders.domain.order import Order, OrderState
from orders.use_cases.ask_cancellation import AskCancellation, ask_cancellation
from orders.use_cases.cancel_order import CancelOrder, cancel_order
from orders.use_cases.place_order import PlaceOrder, place_order
from orders.use_cases.ports import HoldingOrder, OrderView

router = APIRouter(prefix="/v1/orders", tags=["orders"])

WAIT_SECONDS = 5
WAIT_SECONDS_MAX = 30
_WAIT = re.compile(r"\bwait\s*=\s*(\d{1,4})\b")

# Why an order did not come about → the problem the buyer gets.
_REFUSALS = {
    "stock": ("stock_unavailable", "Some lines of the order cannot be had"),
    "award_unknown": ("award_unknown", "There is no such award of your company"),
    "award_used": ("award_used", "This award has been ordered already"),
    "award_expired": ("award_expired", "The quotes of this award no longer hold"),
    "award_elsewhere": ("award_elsewhere", "The quotes of this award were given for another country"),
    "vat": ("sale_not_possible", "Some lines of the order cannot be sold to this place"),
    "open_holds_limit": ("open_holds_limit", "Your unpaid orders hold as much stock as this market allows"),
    "stock_share_limit": (
        "stock_share_limit",
        "Your company holds as much of a seller's stock unpaid as this market allows",
    ),
    "price_changed": ("price_changed", "The order has become dearer than what was checked or approved"),
    "approval_impossible": (
        "approval_impossible",
        "The order needs an approval that nobody else in your company can give",
    ),
    "approval_refused": ("approval_refused", "The order was not approved in your company"),
    "approval_lapsed": ("approval_lapsed", "Nobody in your company approved the order in time"),
}
# Refused for what the company holds already → what to do.
_PAY_FIRST = {
    "open_holds_limit": "pay or cancel open orders first, or order less",
    "stock_share_limit": "pay or cancel open orders first, or order less of the lines that are named",
}


@router.post(
    "",
    status_code=201,
    response_model=OrderBody,
    responses={202: {"description": "It waits for an approval, or catalog has not answered yet", "model": OrderBody}},
)
async def create_order(
    body: PlaceOrderBody,
    request: Request,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("orders:write")],
    prefer: Annotated[
        str | None, Header(description="`wait=n`: how many seconds to wait for the stock, 0 to 30", max_length=200)
    ] = None,
) -> Response:
    """Place an order. 201: the stock is held until the deadline; 409: it cannot be had; 202: ask again at `Location`.

    202 with the state `awaiting_approval`: it goes over a spending limit of your company, `approval` says which and whom it
    waits for; nothing is held meanwhile. With `award_id` it is made of what you took of sellers' quotes: 409 `award_used`,
    `award_expired`, `award_unknown`, `award_elsewhere`. With `cart` it is made of a saved cart: 409 `cart_changed` where that
    is not what you have looked at any more, or is ordered already. 422 `po_number_required`, `cost_centre_required`: your
    company's own rules.
    A repeat with the same Idempotency-Key is answered with what became of the first order.
    """
    buyer_id = buyer_of(subject)
    waiters: Waiters = request.app.state.waiters
    command = PlaceOrder(
        order_id=new_id(),
        buyer_id=buyer_id,
        market=subject.market,
        lines=body.asked(),
        deliver_to=body.address(),
        buyer_reference=body.buyer_reference,
        price_country=body.price_country,
        currency=body.currency,
        # People sign in, programs have keys: a limit on a person does not bind a program.
        placed_by=subject.id if subject.session_id is not None else None,
        cost_centre=body.cost_centre,
        award_id=body.award_id,
        notes=body.notes(),
        cart=body.cart.wanted() if body.cart else None,
    )
    seconds = _seconds(prefer)
    # The wait begins before the write, so that an answer of catalog between the two cannot be missed.
    async with waiters.expect(command.order_id) as waiter:
        order_id, replayed = await _place_once(write, subject.tenant, command)
        if not replayed:
            await waiter.wait(seconds)
    if replayed:
        async with waiters.expect(order_id) as waiter:
            await waiter.wait(seconds)
    view = await reads.order(order_id, buyer_id)
    refusal = view.order.refusal
    # What stands in the way is named, so that it can be paid or cancelled.
    open_orders = await reads.holding(buyer_id) if refusal and refusal.reason in _PAY_FIRST else ()
    return _answer(view, seconds, open_orders, replayed=replayed)


@router.get("")
async def list_orders(
    reads: Reads,
    paging: Paging,
    subject: Annotated[Subject, require("orders:read", "audit:read")],
    state: OrderState | None = None,
    updated_since: UpdatedSince = None,
) -> Page[OrderSummary]:
    """The buyer's orders, newest first; with `updated_since` a change feed."""
    slice_ = wanted(paging, state, updated_since)
    found = await reads.orders(owner(subject, "buyer"), slice_)

    def key(order: Order) -> tuple[Any, Id]:
        return (order.placed_at if updated_since is None else order.updated_at), order.id

    return paging.page_of(found, order_summary, key)


@router.get("/{order_id}")
async def read_order(
    order_id: Id, reads: Reads, response: Response, subject: Annotated[Subject, require("orders:read", "audit:read")]
) -> OrderBody:
    """One order with its seller orders, how to pay it, and its story."""
    view = await reads.order(order_id, owner(subject, "buyer"))
    response.headers["ETag"] = f'"{view.order.version}"'
    return order_body(view)


@router.get(
    "/{order_id}/purchase-order",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The purchase order"}},
)
async def read_purchase_order(
    order_id: Id, reads: Reads, subject: Annotated[Subject, require("orders:read", "audit:read")]
) -> Response:
    """The purchase order as PDF; 404 `purchase_order_not_ready` until the payment account is there."""
    document = await reads.purchase_order(order_id, owner(subject, "buyer"))
    return paper(document, f"purchase-order-{order_id}")


@router.post("/{order_id}/cancellation", response_model=OrderBody)
async def cancel_unpaid_order(
    order_id: Id, reads: Reads, write: Write, subject: Annotated[Subject, require("orders:write")]
) -> Response:
    """Cancel an order that is not paid, or withdraw one that waits for an approval."""
    command = CancelOrder(buyer_of(subject), order_id)
    done = await write.answer(subject.tenant, partial(cancel_order, command), lambda id: {"order_id": id})
    return shown(await reads.order(order_id, subject.company_id), 200, replay_header(done))


@router.post("/{order_id}/cancellation-requests", response_model=OrderBody)
async def ask_cancellation_of_paid_order(
    order_id: Id,
    body: AskCancellationBody,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("orders:write")],
) -> Response:
    """Ask to be free of what you paid and what has not left: all of the order, or the part you name.

    Where the market lets you go by yourself, or the parcel is late enough (`buyer_may_cancel_from`), the part is `cancelled` at
    once; elsewhere its seller answers until `cancellation_request.answer_by`, and no answer is a no. 409
    `cancellation_by_withdrawal_only`, `cancellation_asked_already`, `nothing_to_cancel`, `seller_order_move_refused`.
    """
    command = AskCancellation(buyer_of(subject), order_id, body.seller_order_id)
    done = await write.answer(subject.tenant, partial(ask_cancellation, command), lambda id: {"order_id": id})
    if done.status_code >= 400:
        return done
    replayed = {name: value for name, value in done.headers.items() if name.lower() == "idempotent-replayed"}
    return shown(await reads.order(order_id, subject.company_id), 200, replayed)


async def _place_once(write: WriteCall, tenant: str, command: PlaceOrder) -> tuple[Id, bool]:
    """The order's id, and whether this key had placed it before.

    The receipt keeps a reference to the order, not the answer: when it is written nobody knows yet whether the stock can be
    had. A repeat therefore reads the same order again and tells the present truth about it: 201 or 409 once catalog has
    answered, 202 before. Refusals at the door (bad country, limit) are kept and repeated word for word.
    """
    verdict = await write.executor.answer(
        partial(place_order, command),
        Receipt(tenant, write.key, write.fingerprint),
        lambda order_id: Answer(202, {"order_id": str(order_id)}),
    )
    if isinstance(verdict, StoredRefusal):
        raise verdict
    return Id(verdict.body["order_id"]), verdict.replayed


def _answer(view: OrderView, seconds: int, open_orders: Sequence[HoldingOrder], *, replayed: bool) -> Response:
    order = view.order
    headers = {"Location": f"/v1/orders/{order.id}", "Preference-Applied": f"wait={seconds}"}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if not view.is_settled:
        return shown(view, 202, {**headers, "Retry-After": "1"})
    if order.state is OrderState.AWAITING_APPROVAL:
        return shown(view, 202, {**headers, "ETag": f'"{order.version}"'})
    if order.refusal is not None:
        code, title = _REFUSALS[order.refusal.reason]
        lines = [line.model_dump(mode="json") for line in refused_lines(order.refusal.lines)]
        facts: dict[str, Any] = {"order_id": str(order.id), "number": order.number, "lines": lines}
        if order.refusal.reason in _PAY_FIRST:
            facts["trust_tier"] = order.trust_tier
            facts["open_orders"] = [
                {"order_id": str(one.id), "number": one.number, "units": one.units} for one in open_orders
            ]
        raise Problem(409, code, title, _PAY_FIRST.get(order.refusal.reason, ""), headers=headers, **facts)
    return shown(view, 201, {**headers, "ETag": f'"{order.version}"'})


def shown(view: OrderView, status: int, headers: dict[str, str]) -> Response:
    """The order as an answer."""
    # Written by pydantic itself: by way of plain objects it would be walked through twice.
    return Response(order_body(view).model_dump_json(), status, headers, media_type="application/json")


def buyer_of(subject: Subject) -> Id:
    """The buyer company that the subject acts for."""
    if subject.kind != "buyer":
        raise Problem(403, "buyer_needed", "Only a buyer company orders")
    return subject.company_id


def _seconds(prefer: str | None) -> int:
    """`Prefer: wait=n` (RFC 7240); a preference that makes no sense is not applied, as that RFC asks."""
    asked = _WAIT.search(prefer or "")
    return min(int(asked[1]), WAIT_SECONDS_MAX) if asked else WAIT_SECONDS
