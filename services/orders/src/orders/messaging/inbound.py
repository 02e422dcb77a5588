"""Kafka → command: only the fields this service reads, and a bound use case for each fact it cares about.

Order between topics is not guaranteed, so every use case behind these handlers takes a fact that comes twice, late or to
an order in another state as a no-op by rule.
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
from orders.domain.order import CAPTURE_DONE
from orders.domain.reservation import held_stock, refusal_of
from orders.messaging.inbound_units import on_case, on_unit
from orders.use_cases.auto_cancel_order import AutoCancelOrder, auto_cancel_order
from orders.use_cases.complete_seller_order import CompleteSellerOrder, complete_seller_order
from orders.use_cases.dispatch_shipment import DispatchShipment, dispatch_shipment
from orders.use_cases.ports import PaymentInstructions
from orders.use_cases.record_partial_payment import RecordPartialPayment, record_partial_payment
from orders.use_cases.record_payment_opened import RecordPaymentOpened, record_payment_opened
from orders.use_cases.refuse_order import RefuseOrder, refuse_order
from orders.use_cases.request_party import RequestParty, request_party
from orders.use_cases.secure_order import SecureOrder, secure_order
from orders.use_cases.settle_reservation import SettleReservation, settle_reservation
from orders.use_cases.withdraw_shipment import WithdrawShipment, withdraw_shipment

Handled = Work[Any, Any] | None


def handlers() -> InboundHandlers[Any]:
    """Topic → handler."""
    return {
        "accounts.company": on_company,
        "accounts.seller": on_company,
        "accounts.erasure": on_erasure,
        "catalog.reservation": on_reservation,
        "catalog.unit": on_unit,
        "aftersales.case": on_case,
        "payments.payment": on_payment,
        "payments.card_payment": on_card_payment,
        "aftersales.coverage": on_coverage,
    }


def on_company(message: Message) -> Handled:
    """Whatever changed about a company: its snapshot is fetched anew. The key of both topics is the company's id."""
    return partial(request_party, RequestParty(message.aggregate_id))


def on_erasure(message: Message) -> Handled:
    """A person or a company is to be forgotten: obey, and confirm."""
    if message.type != "accounts.erasure.requested.v1":
        return None
    return partial(erase_personal_data, EraseSubject.of(message.data))


def on_reservation(message: Message) -> Handled:
    """Catalog's answer to an order."""
    match message.type:
        case "catalog.reservation.held.v1":
            return partial(settle_reservation, SettleReservation(held_stock(message.data)))
        case "catalog.reservation.refused.v1":
            return partial(refuse_order, RefuseOrder(Id(message.data["order_id"]), refusal_of(message.data)))
        case _:
            return None


def on_payment(message: Message) -> Handled:
    """What payments says about the money for an order."""
    data = message.data
    match message.type:
        case "payments.payment.opened.v1":
            return partial(record_payment_opened, RecordPaymentOpened(_instructions(data)))
        case "payments.payment.partially_paid.v1":
            command = RecordPartialPayment(Id(data["order_id"]), data["received"]["amount"])
            return partial(record_partial_payment, command)
        case "payments.payment.secured.v1":
            secured_at = datetime.fromisoformat(data["secured_at"])
            capture = data.get("capture", CAPTURE_DONE)
            return partial(secure_order, SecureOrder(Id(data["order_id"]), Id(data["payment_id"]), secured_at, capture))
        case "payments.payment.not_paid.v1":
            return partial(auto_cancel_order, AutoCancelOrder(Id(data["order_id"])))
        case _:
            return None


def on_card_payment(message: Message) -> Handled:
    """The answer to an announced parcel: the card was charged, or not. What is captured for whole orders is no answer."""
    data = message.data
    if not data.get("shipment_id"):
        return None
    match message.type:
        case "payments.card_payment.captured.v1":
            return partial(dispatch_shipment, DispatchShipment(Id(data["shipment_id"])))
        case "payments.card_payment.capture_failed.v1":
            return partial(withdraw_shipment, WithdrawShipment(Id(data["shipment_id"]), data["reason"]))
        case _:
            return None


def on_coverage(message: Message) -> Handled:
    """The claim window of a shipment is over."""
    if message.type != "aftersales.coverage.claim_window_closed.v1":
        return None
    return partial(complete_seller_order, CompleteSellerOrder(Id(message.data["seller_order_id"])))


def _instructions(data: Mapping[str, Any]) -> PaymentInstructions:
    account = data["virtual_account"]
    return PaymentInstructions(
        order_id=Id(data["order_id"]),
        payment_id=Id(data["payment_id"]),
        iban=account["iban"],
        bic=account.get("bic"),
        holder_name=account["holder_name"],
        reference=str(data["reference"]),
        amount_due=data["amount_due"]["amount"],
        currency=data["amount_due"]["currency"],
        card_link=data.get("card_payment_link"),
    )
