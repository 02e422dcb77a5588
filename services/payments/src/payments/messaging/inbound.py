"""Kafka → command: only the fields this service reads, and a bound use case for each fact it cares about.

Order between topics is not guaranteed, so every use case behind these handlers takes a fact that comes twice, late or to
an order in another state as a no-op by rule, or keeps it until what it needs is there.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from chassis.db.executor import Work
from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.kafka.envelope import Message
from chassis.kafka.inbox import InboundHandlers
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.facts import Dispatch, LineExtra, OrderedLine, OrderedParts, OrderedRegime, ShippedVat, Unit
from payments.domain.invoice import MANDATE_REVOKED
from payments.domain.payment import HeldOrder
from payments.use_cases.cancel_payment import CancelPayment, cancel_payment
from payments.use_cases.capture_shipment import CaptureShipment, capture_shipment
from payments.use_cases.close_paid_order import close_paid_order
from payments.use_cases.credit_units import CreditUnits, want_credit_notes
from payments.use_cases.expire_payment import ask_whether_paid
from payments.use_cases.hold_order import hold_order
from payments.use_cases.note_dispatch import note_dispatch
from payments.use_cases.note_mandate import NoteMandate, note_mandate
from payments.use_cases.note_seller_order import note_seller_order
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.refund_part import RefundPart, refund_part
from payments.use_cases.release_settlement import ReleaseSettlement, release_settlement
from payments.use_cases.request_party import request_party
from payments.use_cases.want_psp_accounts import WantPspAccounts, want_psp_accounts

Handled = Work[UnitOfWork, Any] | None


def handlers() -> InboundHandlers[UnitOfWork]:
    """Topic → handler."""
    return {
        "accounts.company": on_company,
        "accounts.seller": on_seller,
        "accounts.erasure": on_erasure,
        "orders.order": on_order,
        "orders.seller_order": on_seller_order,
        "orders.shipment": on_shipment,
        "aftersales.coverage": on_coverage,
        "aftersales.case": on_case,
    }


def on_company(message: Message) -> Handled:
    """An activated buyer gets accounts at the payment provider; any other change only refreshes what we know of it."""
    data = message.data
    if message.type == "accounts.company.activated.v1" and data["kind"] == "buyer" and data.get("market"):
        return partial(want_psp_accounts, WantPspAccounts(message.aggregate_id, "buyer", (data["market"],)))
    return partial(request_party, message.aggregate_id)


def on_seller(message: Message) -> Handled:
    """A seller that may sell gets wallets; whether its invoicing mandate stands decides about invoices in its name."""
    seller_id, data = message.aggregate_id, message.data
    match message.type:
        case "accounts.seller.activated.v1":
            return partial(_activated, WantPspAccounts(seller_id, "seller", tuple(data["markets"])))
        case "accounts.seller.mandate_renewed.v1":
            return partial(note_mandate, NoteMandate(seller_id, stands=True))
        case "accounts.seller.suspended.v1" if not data.get("has_mandate", data["reason"] != MANDATE_REVOKED):
            return partial(note_mandate, NoteMandate(seller_id, stands=False))
        case _:
            return partial(request_party, seller_id)


async def _activated(command: WantPspAccounts, uow: UnitOfWork, now: datetime) -> None:
    # Nobody is active without a mandate.
    await note_mandate(NoteMandate(command.company_id, stands=True), uow, now)
    await want_psp_accounts(command, uow, now)


def on_erasure(message: Message) -> Handled:
    """A person or a company is to be forgotten: obey, and confirm."""
    if message.type != "accounts.erasure.requested.v1":
        return None
    return partial(erase_personal_data, EraseSubject.of(message.data))


def on_order(message: Message) -> Handled:
    """Held, expiring, cancelled, ended after it was paid: what an order wants of its payment."""
    match message.type:
        case "orders.order.held.v1":
            return partial(hold_order, _held(message.data))
        case "orders.order.expiring.v1":
            return partial(ask_whether_paid, message.aggregate_id)
        case "orders.order.cancelled.v1":
            reason = f"cancelled_by_{message.data['by']}"
            return partial(cancel_payment, CancelPayment(message.aggregate_id, reason))
        case "orders.order.cancelled_exception.v1":
            return partial(close_paid_order, message.aggregate_id)
        case _:
            return None


def on_seller_order(message: Message) -> Handled:
    """What was ordered from a seller: the invoice's lines. A part that was paid and is not delivered: its money goes back."""
    data = message.data
    match message.type:
        case "orders.seller_order.opened.v1":
            return partial(note_seller_order, _ordered(data))
        case "orders.seller_order.cancelled.v1" if data.get("secured_at"):
            gross = Money(data["gross"]["amount"], data["gross"]["currency"])
            command = RefundPart(Id(data["order_id"]), message.aggregate_id, gross, data["reason"])
            return partial(refund_part, command)
        case _:
            return None


def on_shipment(message: Message) -> Handled:
    """Announced: the card is to be charged first. Dispatched: goods left, which is the invoice's cause.

    Returned or lost: what was in the parcel never reached its buyer, who gets back what it cost.
    """
    match message.type:
        case "orders.shipment.announced.v1":
            return partial(capture_shipment, _announced(message.data))
        case "orders.shipment.dispatched.v1":
            return partial(note_dispatch, _dispatch(message.data))
        case "orders.shipment.returned.v1":
            return partial(want_credit_notes, _undelivered(message, "parcel_returned"))
        case "orders.shipment.lost.v1":
            return partial(want_credit_notes, _undelivered(message, "parcel_lost"))
        case _:
            return None


def on_coverage(message: Message) -> Handled:
    """The claim window is over: the seller's money is free."""
    if message.type != "aftersales.coverage.claim_window_closed.v1":
        return None
    data = message.data
    command = ReleaseSettlement(Id(data["seller_order_id"]), datetime.fromisoformat(data["closed_at"]))
    return partial(release_settlement, command)


def on_case(message: Message) -> Handled:
    """Devices came back for good: what they cost goes back to the buyer."""
    if message.type != "aftersales.case.refund_due.v1":
        return None
    data = message.data
    command = CreditUnits(message.aggregate_id, Id(data["shipment_id"]), _numbers(data), data["reason"])
    return partial(want_credit_notes, command)


def _undelivered(message: Message, reason: str) -> CreditUnits:
    # No case is opened for it: the parcel is its own.
    return CreditUnits(message.aggregate_id, message.aggregate_id, _numbers(message.data), reason)


def _numbers(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(unit.get("imei") or unit["serial"] for line in data["lines"] for unit in line["units"])


def _held(data: Mapping[str, Any]) -> HeldOrder:
    gross = data["totals"]["gross"]
    return HeldOrder(
        order_id=Id(data["order_id"]),
        number=str(data["number"]),
        buyer_id=Id(data["buyer_id"]),
        market=data["market"],
        policy_version=data["policy_version"],
        amount=Money(gross["amount"], gross["currency"]),
    )


def _ordered(data: Mapping[str, Any]) -> OrderedParts:
    return OrderedParts(
        seller_order_id=Id(data["seller_order_id"]),
        order_id=Id(data["order_id"]),
        seller_id=Id(data["seller_id"]),
        buyer_id=Id(data["buyer_id"]),
        market=data["market"],
        policy_version=data["policy_version"],
        currency=data["currency"],
        lines=tuple(_line(line) for line in data["lines"]),
        regimes=tuple(
            OrderedRegime(
                regime=one["vat_regime"],
                price_basis=one["price_basis"],
                shipping_minor=one["shipping_fee"]["amount"],
                gross_minor=one["totals"]["gross"]["amount"],
            )
            for one in data["regimes"]
        ),
    )


def _line(line: Mapping[str, Any]) -> OrderedLine:
    return OrderedLine(
        line_no=line["line_no"],
        sku=line["sku"],
        title=line["title"],
        grade=line["grade"],
        quantity=line["quantity"],
        unit_price_minor=line["unit_price"]["amount"],
        net_minor=line["net"]["amount"],
        regime=line["vat_regime"],
        ship_from=line["ship_from"],
        vat_category=line["vat"]["category"],
        vat_rate_percent=line["vat"]["rate"],
        vatex=line["vat"].get("vatex"),
        extras=(
            *(LineExtra("option", one["price"]["amount"], one["title"]) for one in line.get("options", ())),
            *(LineExtra(one["kind"], one["amount"]["amount"]) for one in line.get("levies", ())),
        ),
    )


def _dispatch(data: Mapping[str, Any]) -> Dispatch:
    return Dispatch(
        shipment_id=Id(data["shipment_id"]),
        seller_order_id=Id(data["seller_order_id"]),
        order_id=Id(data["order_id"]),
        seller_id=Id(data["seller_id"]),
        buyer_id=Id(data["buyer_id"]),
        tracking_number=data["tracking_number"],
        dispatched_at=datetime.fromisoformat(data["dispatched_at"]),
        delivery_country=data["delivery_country"],
        units=tuple((line["line_no"], tuple(_unit(unit) for unit in line["units"])) for line in data["lines"]),
        vat=tuple(_shipped_vat(line) for line in data["lines"] if "vat" in line),
    )


def _shipped_vat(line: Mapping[str, Any]) -> ShippedVat:
    vat = line["vat"]
    return ShippedVat(line["line_no"], vat["category"], vat["rate"], vat.get("vatex"))


def _announced(data: Mapping[str, Any]) -> CaptureShipment:
    return CaptureShipment(
        order_id=Id(data["order_id"]),
        seller_order_id=Id(data["seller_order_id"]),
        shipment_id=Id(data["shipment_id"]),
        amount=Money(data["amount"]["amount"], data["amount"]["currency"]),
    )


def _unit(unit: Mapping[str, Any]) -> Unit:
    return Unit("IMEI", unit["imei"]) if unit.get("imei") else Unit("S/N", unit["serial"])
