"""Topic → the mails that a fact calls for. Only ids, amounts and times are taken from an event; it holds nothing else."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from chassis.db.executor import Work
from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.kafka.envelope import Message
from chassis.kafka.inbox import InboundHandlers
from chassis.kernel.ids import Id
from gateway.domain.delivery import Template
from gateway.domain.operator import OPERATOR_COMPANY
from gateway.use_cases.ports import UnitOfWork
from gateway.use_cases.prepare_deliveries import Mail, PrepareDeliveries, prepare_deliveries

Data = Mapping[str, Any]
Mails = tuple[Mail, ...]

TOPICS = (
    "accounts.company",
    "accounts.seller",
    "aftersales.case",
    "aftersales.coverage",
    "catalog.quote",
    "orders.order",
    "orders.seller_order",
    "orders.shipment",
    "payments.card_payment",
    "payments.contest",
    "payments.invoice",
    "payments.payment",
    "payments.payout",
    "payments.refund",
)


def handlers() -> InboundHandlers[Any]:
    """Every topic with facts that people are told of."""
    return {**dict.fromkeys(TOPICS, _prepare), "accounts.erasure": on_erasure}


def on_erasure(message: Message) -> Work[Any, None] | None:
    """A person or a company is to be forgotten: obey, and confirm."""
    if message.type != "accounts.erasure.requested.v1":
        return None
    return partial(erase_personal_data, EraseSubject.of(message.data))


def mails_of(message: Message) -> Mails:
    """The mails that an event calls for; none for most."""
    mails = _MAILS.get(message.type)
    return mails(message) if mails else ()


def _prepare(message: Message) -> Work[Any, None] | None:
    mails = mails_of(message)
    if not mails:
        return None
    work: Callable[[UnitOfWork, Any], Any] = partial(prepare_deliveries, PrepareDeliveries(message.event_id, mails))
    return work


def _registered(message: Message) -> Mails:
    # Operators and auditors are made by the platform itself, with a password.
    return (_to_person(Template.ACTIVATION, message),) if message.data["kind"] in ("buyer", "seller") else ()


def _changed(message: Message) -> Mails:
    if "invitation" in message.data["what"]:
        return _invited(message)
    return (
        *(_to_person(template, message) for what in message.data["what"] for template in _BY_CHANGE.get(what, ())),
        *(
            Mail(template, {}, Id(message.data["company_id"]))
            for what in message.data["what"]
            for template in _TO_COMPANY.get(what, ())
        ),
    )


def _case_changed(message: Message) -> Mails:
    # Most changes are the seller's own doing; this one it waits for.
    granted = "change_granted" in message.data["what"]
    return (Mail(Template.CHANGE_GRANTED, {}, Id(message.data["seller_id"])),) if granted else ()


def _invited(message: Message) -> Mails:
    return (Mail(Template.INVITATION, _only(message.data, "invitation_id"), Id(message.data["company_id"])),)


def _closing(message: Message) -> Mails:
    return (Mail(Template.ACCOUNT_CLOSING, {}, Id(message.data["company_id"])),)


def _reopened(message: Message) -> Mails:
    items = message.data["open"]
    listed = [f"{one['kind'].replace('_', ' ')} {one['id']}: {one['state'].replace('_', ' ')}" for one in items]
    facts = {"count": len(items), "open": listed}
    return (Mail(Template.ACCOUNT_REOPENED, facts, Id(message.data["company_id"])),)


def _to_person(template: Template, message: Message) -> Mail:
    return Mail(template, {"user_id": message.data["user_id"]}, Id(message.data["company_id"]))


def _to_seller_company(template: Template, *names: str) -> Callable[[Message], Mails]:
    def mails(message: Message) -> Mails:
        return (Mail(template, _only(message.data, *names), Id(message.data["seller_id"])),)

    return mails


def _about_order(template: Template, *names: str, reader: str | None = None) -> Callable[[Message], Mails]:
    """A mail about an order; `reader` names the field with the reader's company, where the event has one."""

    def mails(message: Message) -> Mails:
        data = message.data
        company_id = Id(data[reader]) if reader else None
        return (Mail(template, _only(data, *names), company_id, Id(data["order_id"])),)

    return mails


def _invoice(message: Message) -> Mails:
    data = message.data
    is_invoice = data["kind"] == "380"
    to_buyer = Template.INVOICE_TO_BUYER if is_invoice else Template.CREDIT_NOTE_TO_BUYER
    to_seller = Template.INVOICE_TO_SELLER if is_invoice else Template.CREDIT_NOTE_TO_SELLER
    facts = {**_only(data, "invoice_id", "number"), "total": data["totals"]["gross"]}
    order_id = Id(data["order_id"])
    if data.get("contest_id"):
        # Either of the two that correct a contested invoice names it; no money comes or goes.
        corrected = data["replaces"] or data["credits"]
        facts["corrects"] = corrected["number"]
        to_buyer, to_seller = Template.CORRECTION_TO_BUYER, Template.CORRECTION_TO_SELLER
    return (
        Mail(to_buyer, facts, Id(data["buyer_id"]), order_id),
        Mail(to_seller, facts, Id(data["seller_id"]), order_id),
    )


def _contested(message: Message) -> Mails:
    """To the operator's queue: somebody has to look into it."""
    data = message.data
    facts = _only(data, "contest_id", "number", "reason")
    return (Mail(Template.INVOICE_CONTESTED, facts, OPERATOR_COMPANY, Id(data["order_id"])),)


def _authorised(message: Message) -> Mails:
    data = message.data
    order_id = Id(data["order_id"])
    to_buyer, to_seller = (
        _only(data, "case_id", "rma", "checklist", "send_until"),
        _only(data, "rma", "seller_order_id"),
    )
    return (
        Mail(Template.RETURN_AUTHORISED, to_buyer, Id(data["buyer_id"]), order_id),
        Mail(Template.RETURN_ANNOUNCED, to_seller, Id(data["seller_id"]), order_id),
    )


def _address_changed(message: Message) -> Mails:
    """A change that nobody had to agree to was the answer to its own request."""
    mails = _about_order(Template.ADDRESS_CHANGED, "seller_order_id", reader="buyer_id")
    return mails(message) if message.data["was_asked"] else ()


def _given_up(to_buyer: Template, to_seller: Template) -> Callable[[Message], Mails]:
    """A parcel that never arrives is told to both: one gets its money back, the other one pays it."""

    def mails(message: Message) -> Mails:
        data = message.data
        facts, order_id = _only(data, "seller_order_id"), Id(data["order_id"])
        return (
            Mail(to_buyer, facts, Id(data["buyer_id"]), order_id),
            Mail(to_seller, facts, Id(data["seller_id"]), order_id),
        )

    return mails


def _refund(message: Message) -> Mails:
    data = message.data
    order_id = Id(data["order_id"]) if data.get("order_id") else None
    return (Mail(Template.REFUND_SETTLED, _only(data, "amount"), Id(data["buyer_id"]), order_id),)


def _refund_of_part(message: Message) -> Mails:
    """By when the money for a part that is not delivered is there; all other refunds are told of when they are sent."""
    data = message.data
    if not data.get("seller_order_id") or not data.get("due_at"):
        return ()
    return (
        Mail(Template.REFUND_PROMISED, _only(data, "amount", "due_at"), Id(data["buyer_id"]), Id(data["order_id"])),
    )


def _part_cancelled(message: Message) -> Mails:
    """An order that nobody paid is no news to its buyer; a part that was paid is."""
    data, order_id = message.data, Id(message.data["order_id"])
    if not data.get("secured_at"):
        return (Mail(Template.SELLER_ORDER_CANCELLED, _only(data, "seller_order_id"), None, order_id),)
    facts = _only(data, "seller_order_id", "reason", "gross")
    # Whoever ended it alone is not told that we are sorry.
    to_buyer = Template.PART_CANCELLED_AS_ASKED if data["by"] == "buyer" else Template.PART_CANCELLED_TO_BUYER
    return (
        Mail(to_buyer, facts, Id(data["buyer_id"]), order_id),
        Mail(Template.PART_CANCELLED_TO_SELLER, facts, Id(data["seller_id"]), order_id),
    )


def _shipped(message: Message) -> Mails:
    """That a parcel left is told with the parcel; here to a buyer who waited to hear whether it could be stopped."""
    data = message.data
    if not data.get("declined_cancellation"):
        return ()
    facts = {**_only(data, "seller_order_id"), "reason": "shipped"}
    return (Mail(Template.CANCELLATION_DECLINED, facts, None, Id(data["order_id"])),)


def _late(message: Message) -> Mails:
    data, order_id = message.data, Id(message.data["order_id"])
    facts = _only(data, "seller_order_id", "ship_by", "buyer_may_cancel_from")
    return (
        Mail(Template.PART_LATE_TO_BUYER, facts, Id(data["buyer_id"]), order_id),
        Mail(Template.PART_LATE_TO_SELLER, facts, Id(data["seller_id"]), order_id),
    )


def _approval_awaited(message: Message) -> Mails:
    """One mail to each of those who are asked."""
    data = message.data
    facts = _only(data, "step", "gross", "reasons", "lapses_at")
    order_id, company_id = Id(data["order_id"]), Id(data["buyer_id"])
    return tuple(
        Mail(Template.APPROVAL_AWAITED, {"user_id": asked, **facts}, company_id, order_id, Id(asked))
        for asked in data["asked_ids"]
    )


def _decided(template: Template, when: str, *names: str) -> Callable[[Message], Mails]:
    """To who placed an order that its own company had to approve: a person, or, where a program did, the company."""

    def mails(message: Message) -> Mails:
        data = message.data
        if not data.get(when):
            return ()
        placer = {"user_id": data["placed_by"]} if data.get("placed_by") else {}
        return (Mail(template, {**placer, **_only(data, *names)}, None, Id(data["order_id"])),)

    return mails


def _asked_for_quotes(message: Message) -> Mails:
    """One mail to each seller who may answer, and whom the buyer is not named to."""
    data = message.data
    facts = {
        **_only(data, "quote_request_id", "answers_until"),
        "pieces": sum(line["quantity"] for line in data["lines"]),
    }
    return tuple(Mail(Template.QUOTE_ASKED, facts, Id(seller), None, Id(seller)) for seller in data["asked_ids"])


def _to_asker(template: Template, *names: str) -> Callable[[Message], Mails]:
    def mails(message: Message) -> Mails:
        facts = _only(message.data, "quote_request_id", *names)
        return (Mail(template, facts, Id(message.data["buyer_id"])),)

    return mails


def _payout(message: Message) -> Mails:
    facts = {**_only(message.data, "payout_id", "amount"), "at": message.occurred_at.isoformat()}
    return (Mail(Template.PAYOUT_SETTLED, facts, Id(message.data["seller_id"])),)


def _only(data: Data, *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}


# What is new about a person's sign-in → what this person is written.
_BY_CHANGE: Mapping[str, tuple[Template, ...]] = {
    "activation_link": (Template.ACTIVATION,),
    "password_link": (Template.PASSWORD_LINK,),
    "password": (Template.PASSWORD_CHANGED,),
    "email_change": (Template.EMAIL_LINK, Template.EMAIL_NOTE),
    "email_wanted": (Template.EMAIL_WANTED,),
    "export": (Template.EXPORT_READY,),
    "factor_added": (Template.FACTOR_ADDED,),
    "factor_removed": (Template.FACTOR_REMOVED,),
    "recovery_code": (Template.RECOVERY_CODE_USED,),
}
# What support has decided → what the company is written.
_TO_COMPANY: Mapping[str, tuple[Template, ...]] = {
    "unused": (Template.ACCOUNT_UNUSED,),
    "change_granted": (Template.CHANGE_GRANTED,),
    "change_refused": (Template.CHANGE_REFUSED,),
}
_MAILS: Mapping[str, Callable[[Message], Mails]] = {
    "accounts.company.registered.v1": _registered,
    "accounts.company.changed.v1": _changed,
    "accounts.company.closing.v1": _closing,
    "accounts.company.reopened.v1": _reopened,
    "accounts.seller.approved.v1": _to_seller_company(Template.SELLER_APPROVED),
    "accounts.seller.info_requested.v1": _to_seller_company(Template.SELLER_INFO_REQUESTED, "reason"),
    "accounts.seller.reminded.v1": _to_seller_company(Template.SELLER_REMINDED, "reason"),
    "accounts.seller.rejected.v1": _to_seller_company(Template.SELLER_REJECTED, "reason"),
    "catalog.quote.asked.v1": _asked_for_quotes,
    "catalog.quote.asked_again.v1": _asked_for_quotes,
    "catalog.quote.offered.v1": _to_asker(Template.QUOTES_OFFERED, "bids", "valid_until"),
    "catalog.quote.closed_no_offer.v1": _to_asker(Template.QUOTE_NONE),
    "catalog.quote.bid_withdrawn.v1": _to_asker(Template.QUOTE_WITHDRAWN, "bids"),
    "catalog.quote.expired.v1": _to_asker(Template.QUOTE_EXPIRED),
    "orders.order.approval_awaited.v1": _approval_awaited,
    "orders.order.placed.v1": _decided(Template.ORDER_APPROVED, "was_approved"),
    "orders.order.refused.v1": _decided(Template.ORDER_NOT_APPROVED, "awaited_approval", "reason"),
    "accounts.seller.changed.v1": _case_changed,
    "accounts.seller.requirement_raised.v1": _to_seller_company(
        Template.SELLER_REQUIREMENT, "requirement", "subject", "why", "due_on"
    ),
    "accounts.seller.activated.v1": _to_seller_company(Template.SELLER_ACTIVATED),
    "accounts.seller.suspended.v1": _to_seller_company(Template.SELLER_SUSPENDED, "reason"),
    "accounts.seller.offboarded.v1": _to_seller_company(Template.SELLER_OFFBOARDED, "reason"),
    "accounts.seller.payouts_held.v1": _to_seller_company(Template.SELLER_PAYOUTS_HELD),
    "orders.order.purchase_order_ready.v1": _about_order(Template.PURCHASE_ORDER),
    "orders.order.payment_reminded.v1": _about_order(Template.PAYMENT_REMINDER, "missing"),
    "orders.order.secured.v1": _about_order(Template.PAYMENT_RECEIVED),
    "orders.order.auto_cancelled.v1": _about_order(Template.ORDER_EXPIRED),
    "orders.order.cancelled.v1": _about_order(Template.ORDER_CANCELLED),
    "orders.seller_order.acceptance_awaited.v1": _about_order(
        Template.ACCEPTANCE_AWAITED, "seller_order_id", "accept_by", reader="seller_id"
    ),
    "orders.seller_order.ready_to_ship.v1": _about_order(
        Template.READY_TO_SHIP, "seller_order_id", "ship_by", reader="seller_id"
    ),
    "orders.seller_order.cancelled.v1": _part_cancelled,
    "orders.seller_order.cancellation_asked.v1": _about_order(
        Template.CANCELLATION_ASKED, "seller_order_id", "answer_by", reader="seller_id"
    ),
    "orders.seller_order.cancellation_declined.v1": _about_order(
        Template.CANCELLATION_DECLINED, "seller_order_id", "reason", reader="buyer_id"
    ),
    "orders.seller_order.delay_announced.v1": _about_order(
        Template.DELAY_ANNOUNCED, "seller_order_id", "reason", "expected_on", reader="buyer_id"
    ),
    "orders.seller_order.late.v1": _late,
    "orders.seller_order.shipped.v1": _shipped,
    "orders.shipment.dispatched.v1": _about_order(
        Template.SHIPMENT_DISPATCHED, "seller_order_id", "carrier", "tracking_number", reader="buyer_id"
    ),
    "orders.seller_order.address_change_asked.v1": _about_order(
        Template.ADDRESS_CHANGE_ASKED, "seller_order_id", "answer_by", reader="seller_id"
    ),
    "orders.seller_order.address_changed.v1": _address_changed,
    "orders.seller_order.address_change_refused.v1": _about_order(
        Template.ADDRESS_CHANGE_REFUSED, "seller_order_id", reader="buyer_id"
    ),
    "orders.shipment.delivery_failed.v1": _about_order(
        Template.DELIVERY_FAILED, "seller_order_id", "reason", reader="buyer_id"
    ),
    "orders.shipment.redelivery_asked.v1": _about_order(
        Template.REDELIVERY_ASKED, "seller_order_id", reader="seller_id"
    ),
    "orders.shipment.returned.v1": _given_up(Template.PARCEL_RETURNED, Template.PARCEL_RETURNED_TO_SELLER),
    "orders.shipment.lost.v1": _given_up(Template.PARCEL_LOST, Template.PARCEL_LOST_TO_SELLER),
    "payments.payment.partially_paid.v1": _about_order(Template.PAYMENT_PARTIAL, "received", "missing"),
    "payments.card_payment.capture_failed.v1": _about_order(Template.CARD_CAPTURE_FAILED),
    "payments.invoice.issued.v1": _invoice,
    "payments.contest.opened.v1": _contested,
    "payments.contest.dismissed.v1": _about_order(Template.CONTEST_DISMISSED, "number", "reason", reader="seller_id"),
    "payments.refund.created.v1": _refund_of_part,
    "payments.refund.settled.v1": _refund,
    "payments.payout.settled.v1": _payout,
    "aftersales.case.authorised.v1": _authorised,
    "aftersales.coverage.opened.v1": _about_order(
        Template.CLAIM_WINDOW_OPENED, "delivered_at", "damage_until", "claim_until", reader="buyer_id"
    ),
}
