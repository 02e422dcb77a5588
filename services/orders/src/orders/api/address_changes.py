"""A buyer moves the delivery of what has not left yet, and a seller answers."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import MoneyBody
from chassis.web.writes import Write, replay_header
from orders.api.orders import buyer_of
from orders.api.reading import Reads
from orders.api.schemas import (
    AddressChangeBody,
    DeliverToBody,
    SellerOrderDetail,
    address_change_body,
    seller_order_detail,
)
from orders.api.seller_orders import seller_of
from orders.domain.order import DeliverTo
from orders.domain.seller_order import SellerOrderState
from orders.use_cases.answer_address_change import AnswerAddressChange, answer_address_change
from orders.use_cases.ask_address_change import AskAddressChange, ask_address_change
from orders.use_cases.ports import Rules

router = APIRouter(tags=["orders"])


class AddressRequest(BaseModel, extra="forbid"):
    """Where everything that has not left yet is to go."""

    deliver_to: DeliverToBody


class AddressOfPartBody(BaseModel):
    """Where one seller's part goes now, and what became of the wish to change it; null where nothing was wished."""

    seller_order_id: Id
    state: SellerOrderState
    moved_to: DeliverToBody | None
    address_change: AddressChangeBody | None


class AddressChangesBody(BaseModel):
    """The parts of the order, and what the market says: `how` a change is asked for, and the `fee` that a seller may ask for
    writing its invoice anew. The platform charges nothing."""

    how: Literal["seller_is_asked", "change_request"]
    fee: MoneyBody
    seller_orders: list[AddressOfPartBody]


class AddressAnswerRequest(BaseModel, extra="forbid"):
    """The seller's answer."""

    decision: Literal["accept", "refuse"]


@router.post("/v1/orders/{order_id}/address-changes", status_code=201, response_model=AddressChangesBody)
async def change_address(
    order_id: Id,
    body: AddressRequest,
    request: Request,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("orders:write")],
) -> Response:
    """Have what has not left yet sent elsewhere. Unpaid parts change at once; sellers of paid ones are asked and do not ship
    until they have answered.

    422 `country_not_served`, `area_not_served`; 409 `address_already_shipped`, `address_change_pending`,
    `address_change_not_possible` (nothing is held, or the order has ended), `address_changes_vat` (`reason` other_sum: the VAT
    there would come to another sum; otherwise why it is not certain). Nothing has moved and nobody is asked then.
    """
    buyer_id = buyer_of(subject)
    command = AskAddressChange(buyer_id, order_id, DeliverTo(**body.deliver_to.model_dump()))
    done = await write.answer(subject.tenant, partial(ask_address_change, command), lambda id: {"id": id}, status=201)
    if done.status_code >= 400:
        return done
    view = await reads.order(order_id, buyer_id)
    rules: Rules = request.app.state.rules
    terms = rules.of_version(view.order.policy_version).address_terms
    answer = AddressChangesBody(
        how=terms.how,
        fee=MoneyBody.of(terms.fee),
        seller_orders=[
            AddressOfPartBody(seller_order_id=part.id, state=part.state, **address_change_body(part, shown=True))
            for part in view.seller_orders
        ],
    )
    return _answered(answer, 201, done)


@router.post(
    "/v1/seller/orders/{seller_order_id}/address-change", response_model=SellerOrderDetail, tags=["seller orders"]
)
async def decide_address_change(
    seller_order_id: Id,
    body: AddressAnswerRequest,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("seller_orders:write")],
) -> Response:
    """Say whether the parcel goes to the new address; either way you may ship again, with the time to ship from now."""
    seller_id = seller_of(subject)
    command = AnswerAddressChange(seller_order_id, seller_id, body.decision == "accept")
    done = await write.answer(subject.tenant, partial(answer_address_change, command), lambda id: {"id": id})
    if done.status_code >= 400:
        return done
    return _answered(seller_order_detail(await reads.seller_order(seller_order_id, seller_id)), 200, done)


def _answered(body: BaseModel, status: int, done: Response) -> Response:
    return JSONResponse(body.model_dump(mode="json"), status, replay_header(done))
