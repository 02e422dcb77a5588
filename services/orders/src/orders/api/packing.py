"""What a seller's warehouse needs: what to fetch for all orders together, and a slip for each parcel."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from orders.api.reading import Reads, owner
from orders.domain.errors import NothingToPick, PackingSlipTooEarly
from orders.domain.picking import ORDERS_MAX, picks_of
from orders.domain.seller_order import SellerOrder
from orders.use_cases.ports import Queries, Rules
from orders.use_cases.ports_papers import SellerPapers

router = APIRouter(prefix="/v1/seller", tags=["seller orders"])

_Reader = Annotated[Subject, require("seller_orders:read")]
_Until = Annotated[
    AwareDatetime | None, Query(description="Only what has to leave by this instant; everything that waits if left out")
]
_PDF: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The paper",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class PickedForBody(BaseModel, from_attributes=True):
    """So many of the pick's units belong into this seller order's parcel."""

    seller_order_id: Id
    number: str
    quantity: int


class PickBody(BaseModel, from_attributes=True):
    """One thing to fetch: an offer with the options that were chosen. `ship_by` is that of its first order."""

    offer_id: Id
    sku: str
    title: str
    grade: str
    options: list[str]
    quantity: int
    ship_by: datetime | None
    seller_orders: list[PickedForBody]


class PickListBody(BaseModel):
    """Everything that waits to be shipped, by SKU. At most 1,000 orders, those that leave first: `more` follow otherwise."""

    as_of: datetime
    orders: int
    units: int
    more: bool
    picks: list[PickBody]


@router.get("/pick-list")
async def read_pick_list(request: Request, reads: Reads, subject: _Reader, ship_by: _Until = None) -> PickListBody:
    """What to fetch from the shelves for all orders that you have to ship."""
    parts, more = await _waiting(reads, subject.company_id, ship_by)
    picks = picks_of(parts)
    return PickListBody(
        as_of=request.app.state.executor.clock.now(),
        orders=len(parts),
        units=sum(one.quantity for one in picks),
        more=more,
        picks=[PickBody.model_validate(one) for one in picks],
    )


@router.get("/pick-list.pdf", responses=_PDF, response_class=Response)
async def print_pick_list(request: Request, reads: Reads, subject: _Reader, ship_by: _Until = None) -> Response:
    """The same to take along, with boxes to tick, in your language. 404 `nothing_to_pick` where no order waits."""
    seller_id = subject.company_id
    parts, _ = await _waiting(reads, seller_id, ship_by)
    if not parts:
        raise NothingToPick()
    papers, rules = _papers(request)
    seller = (await reads.parties([seller_id]))[seller_id]
    now = request.app.state.executor.clock.now()
    pdf = await papers.pick_list(picks_of(parts), len(parts), seller, rules.of_version(parts[0].policy_version), now)
    return _paper(pdf, "pick-list")


@router.get("/orders/{seller_order_id}/packing-slip", responses=_PDF, response_class=Response)
async def print_packing_slip(seller_order_id: Id, request: Request, reads: Reads, subject: _Reader) -> Response:
    """The slip for the parcel: its contents without prices, in the buyer's language.

    From the payment on; with the devices' numbers and the tracking number once the shipment names them.
    """
    view = await reads.seller_order(seller_order_id, owner(subject, "seller"))
    part = view.seller_order
    if not part.shows_address:
        raise PackingSlipTooEarly(state=str(part.state))
    papers, rules = _papers(request)
    parties = await reads.parties([part.seller_id, part.buyer_id])
    shipment = next((one for one in view.shipments if one.id == part.shipment_id), None)
    pdf = await papers.packing_slip(
        part,
        view.order,
        shipment,
        parties[part.seller_id],
        parties.get(part.buyer_id),
        rules.of_version(part.policy_version),
        request.app.state.executor.clock.now(),
    )
    return _paper(pdf, f"packing-slip-{part.number}")


async def _waiting(reads: Queries, seller_id: Id, until: datetime | None) -> tuple[list[SellerOrder], bool]:
    found = await reads.to_ship(seller_id, until, ORDERS_MAX + 1)
    return list(found[:ORDERS_MAX]), len(found) > ORDERS_MAX


def _papers(request: Request) -> tuple[SellerPapers, Rules]:
    return request.app.state.seller_papers, request.app.state.rules


def _paper(pdf: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
