"""What a buyer does about a parcel that its carrier could not hand over."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.writes import Write, replay_header
from orders.api.orders import buyer_of
from orders.api.reading import Reads
from orders.api.schemas import ShipmentBody, shipment_body
from orders.use_cases.ask_redelivery import AskRedelivery, ask_redelivery
from orders.use_cases.ports import Rules

router = APIRouter(prefix="/v1/orders", tags=["orders"])


class DeliveryTermsBody(BaseModel, from_attributes=True):
    """What your market says about failed deliveries. The seller, not the platform, charges what is charged.

    `redelivery_charged`: another attempt may cost; `charged_at_cost` says what else (storage). `refusal_cancels`: refusing a
    parcel ends the sale at once; elsewhere the money goes back when the goods are back. `seller_may_end`: the seller may end
    the sale while you cannot be reached.
    """

    redelivery_charged: bool
    charged_at_cost: list[str]
    refusal_cancels: bool
    seller_may_end: bool


class RedeliveryBody(BaseModel):
    """The parcel, and on which terms it is brought again."""

    shipment: ShipmentBody
    terms: DeliveryTermsBody


@router.post("/{order_id}/shipments/{shipment_id}/redelivery", status_code=201, response_model=RedeliveryBody)
async def ask_for_redelivery(
    order_id: Id,
    shipment_id: Id,
    request: Request,
    reads: Reads,
    write: Write,
    subject: Annotated[Subject, require("orders:write")],
) -> Response:
    """Ask for another attempt after one failed; the seller arranges it with its carrier.

    409 `shipment_move_refused` while no attempt has failed, `redelivery_asked_already` after the same attempt.
    """
    buyer_id = buyer_of(subject)
    command = AskRedelivery(buyer_id, order_id, shipment_id)
    work = partial(ask_redelivery, command)
    done = await write.answer(subject.tenant, work, lambda id: {"shipment_id": id}, status=201)
    if done.status_code >= 400:
        return done
    view = await reads.order(order_id, buyer_id)
    shipment = next(one for one in view.shipments if one.id == shipment_id)
    rules: Rules = request.app.state.rules
    terms = rules.of_version(view.order.policy_version).delivery_terms
    body = RedeliveryBody(shipment=shipment_body(shipment), terms=DeliveryTermsBody.model_validate(terms))
    return JSONResponse(body.model_dump(mode="json"), 201, replay_header(done))
