"""What the catalogue reads: orders that need stock or end, sellers and how they serve their orders, who is to be forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from catalog.domain.reservation import OrderedLine, PlacedOrder
from catalog.domain.seller import SellerState
from catalog.messaging.inbound_service import on_claim, on_seller_order
from catalog.messaging.inbound_units import on_case, on_shipment
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.give_back_units import GiveBackUnits, give_back_units
from catalog.use_cases.note_seller import NoteSeller, note_seller
from catalog.use_cases.release_reservation import ReleaseReservation, release_reservation
from catalog.use_cases.request_trader import RequestTrader, request_trader
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.db.executor import Work
from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.kafka.envelope import Message
from chassis.kafka.inbox import InboundHandlers
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

_ENDED = {
    "orders.order.refused.v1": "refused",
    "orders.order.cancelled.v1": "cancelled",
    "orders.order.auto_cancelled.v1": "auto_cancelled",
}
_SELLER_STATES = {
    "accounts.seller.submitted.v1": SellerState.SUBMITTED,
    "accounts.seller.approved.v1": SellerState.APPROVED,
    "accounts.seller.rejected.v1": SellerState.REJECTED,
    "accounts.seller.activated.v1": SellerState.ACTIVE,
    "accounts.seller.suspended.v1": SellerState.SUSPENDED,
    # What a seller may do here is the same: nothing new, and whatever is held is honoured.
    "accounts.seller.offboarded.v1": SellerState.SUSPENDED,
}


def placed_order(data: Mapping[str, Any]) -> PlacedOrder:
    """`orders.order.placed`, as far as it matters here."""
    lines = tuple(
        OrderedLine(
            int(line["line_no"]),
            Id(line["offer_id"]),
            int(line["quantity"]),
            _money(line.get("unit_price")),
            tuple(line.get("options") or ()),
        )
        for line in data["lines"]
    )
    return PlacedOrder(
        Id(data["order_id"]),
        data["market"],
        data["price_country"],
        data["currency"],
        lines,
        buyer_id=_id(data.get("buyer_id")),
        award_id=_id(data.get("award_id")),
        delivery_country=data.get("delivery_country"),
        trust_tier=data.get("trust_tier"),
    )


def handlers() -> InboundHandlers[Any]:
    """Topic → use case. An order's facts share one key, so that its end never arrives before its beginning."""
    return {
        "orders.order": _order,
        "orders.shipment": on_shipment,
        "orders.seller_order": _seller_order,
        "aftersales.case": _case,
        "accounts.seller": _seller,
        "accounts.company": _company,
        "accounts.erasure": _erasure,
    }


def _order(message: Message) -> Work[Any, Any] | None:
    if message.type == "orders.order.placed.v1":
        return partial(reserve_stock, ReserveStock(placed_order(message.data)))
    if message.type == "orders.order.secured.v1":
        secured_at = datetime.fromisoformat(message.data["secured_at"])
        return partial(consume_reservation, ConsumeReservation(Id(message.data["order_id"]), secured_at))
    if message.type in _ENDED:
        reason = _ENDED[message.type]
        return partial(release_reservation, ReleaseReservation(Id(message.data["order_id"]), reason))
    return None


def _seller_order(message: Message) -> Work[Any, Any] | None:
    """How a seller serves it; and a paid part that ends leaves its units where they are."""
    return _both(_given_back(message), on_seller_order(message))


def _given_back(message: Message) -> Work[Any, Any] | None:
    data = message.data
    # An order that ended unpaid frees its stock itself, and what is out of stock was never there.
    if message.type != "orders.seller_order.cancelled.v1" or not data.get("secured_at"):
        return None
    if data["reason"] == "out_of_stock" or data.get("units_there") is False:
        return None
    offers = tuple(Id(offer) for offer in data["offer_ids"])
    command = GiveBackUnits(Id(data["order_id"]), offers, datetime.fromisoformat(data["secured_at"]))
    return partial(give_back_units, command)


def _seller(message: Message) -> Work[Any, Any] | None:
    state = _SELLER_STATES.get(message.type)
    markets, ship_from = (_words(message.data.get(name)) for name in ("markets", "ship_from"))
    if state is None and ship_from is None:
        return partial(request_trader, RequestTrader(message.aggregate_id))
    return partial(note_seller, NoteSeller(message.aggregate_id, state, markets, ship_from))


def _words(told: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(told)


def _company(message: Message) -> Work[Any, Any] | None:
    return partial(request_trader, RequestTrader(message.aggregate_id))


def _erasure(message: Message) -> Work[Any, Any] | None:
    """A person or a company is to be forgotten: obey, and confirm."""
    if message.type != "accounts.erasure.requested.v1":
        return None
    return partial(erase_personal_data, EraseSubject.of(message.data))


def _case(message: Message) -> Work[Any, Any] | None:
    """A case moves a device, and may count against its seller: one transaction for both."""
    return _both(on_case(message), on_claim(message))


def _both(*works: Work[Any, Any] | None) -> Work[Any, Any] | None:
    wanted = [work for work in works if work is not None]
    return partial(_one_after_the_other, wanted) if wanted else None


async def _one_after_the_other(works: Sequence[Work[Any, Any]], uow: Any, now: datetime) -> None:
    for work in works:
        await work(uow, now)


def _id(value: str | None) -> Id | None:
    return None if value is None else Id(value)


def _money(value: Mapping[str, Any] | None) -> Money | None:
    return None if value is None else Money(int(value["amount"]), value["currency"])
