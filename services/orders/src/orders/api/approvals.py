"""Approvals of a buyer's orders: what waits for whom, and somebody's yes or no."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write, replay_header
from orders.api.orders import WAIT_SECONDS, buyer_of, shown
from orders.api.reading import Reads, wanted
from orders.api.schemas import DecisionRequest, OrderBody, WaitingOrder, waiting_order
from orders.api.waiters import Waiters
from orders.domain.errors import ApproverNeeded
from orders.domain.order import Order, OrderState
from orders.domain.purchasing import no_rules
from orders.use_cases.decide_approval import DecideApproval, decide_approval

router = APIRouter(prefix="/v1", tags=["orders"])


@router.get("/approvals")
async def list_approvals(
    request: Request, reads: Reads, paging: Paging, subject: Annotated[Subject, require("orders:approve")]
) -> Page[WaitingOrder]:
    """Orders that wait for an approval, newest first: those that are yours to decide now; owners and programs see all.

    A page may hold fewer than `limit`, for what waits for others is left out; `next_cursor` says whether more follow.
    """
    company_id = buyer_of(subject)
    rules = await reads.purchasing(company_id) or no_rules(company_id)
    sees_all = subject.session_id is None or subject.id in rules.owner_ids
    found = await reads.orders(company_id, wanted(paging, OrderState.AWAITING_APPROVAL, None))
    now = request.app.state.executor.clock.now()

    def is_mine(order: Order) -> bool:
        return order.approval is not None and subject.id in order.approval.who_may_decide(rules, order.placed_by, now)

    page = paging.page_of(
        found,
        lambda order: waiting_order(order, waits_for_me=is_mine(order)),
        lambda order: (order.placed_at, order.id),
    )
    page.items = [one for one in page.items if sees_all or one.waits_for_me]
    return page


@router.post("/orders/{order_id}/approval", response_model=OrderBody)
async def decide_on_order(
    order_id: Id,
    body: DecisionRequest,
    request: Request,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("orders:approve")],
) -> Response:
    """Approve or refuse an order of your company in its present step, as its approver or somebody's delegate of today.

    After the last yes the stock is asked for, and the answer waits up to five seconds for it: the order is held then, or
    refused as any other (`stock`), or as `price_changed` where it has become dearer than what was approved. 403
    `not_your_approval`, 409 where it no longer waits.
    """
    if subject.session_id is None:
        raise ApproverNeeded
    command = DecideApproval(order_id, buyer_of(subject), body.word(subject.id), body.step)
    done = await write.answer(subject.tenant, partial(decide_approval, command), lambda id: {"order_id": id})
    waiters: Waiters = request.app.state.waiters
    async with waiters.expect(order_id) as waiter:
        view = await reads.order(order_id, subject.company_id)
        if not view.is_settled:
            await waiter.wait(WAIT_SECONDS)
            view = await reads.order(order_id, subject.company_id)
    return shown(view, 200, {**replay_header(done), "ETag": f'"{view.order.version}"'})
