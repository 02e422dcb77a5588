"""A delivery: one mail about one fact to one reader, from the fact to the mail server's answer.

The row holds no name and no address: who reads the mail, and where, is asked for when it is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from chassis.kernel.errors import NotFound, WrongState
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, derived_id
from chassis.kernel.state import StateTable

CHANNEL = "mail"


class Template(StrEnum):
    """What is mailed; the value names the texts of each language."""

    ACTIVATION = "activation"
    INVITATION = "invitation"
    PASSWORD_LINK = "password_link"  # noqa: S105 - a kind of mail, no secret
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of mail, no secret
    EMAIL_LINK = "email_link"
    EMAIL_NOTE = "email_note"
    EMAIL_WANTED = "email_wanted"
    ACCOUNT_CLOSING = "account_closing"
    ACCOUNT_REOPENED = "account_reopened"
    ACCOUNT_UNUSED = "account_unused"
    EXPORT_READY = "export_ready"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    SELLER_APPROVED = "seller_approved"
    SELLER_REJECTED = "seller_rejected"
    SELLER_INFO_REQUESTED = "seller_info_requested"
    SELLER_REMINDED = "seller_reminded"
    SELLER_REQUIREMENT = "seller_requirement"
    SELLER_ACTIVATED = "seller_activated"
    SELLER_SUSPENDED = "seller_suspended"
    SELLER_OFFBOARDED = "seller_offboarded"
    SELLER_PAYOUTS_HELD = "seller_payouts_held"
    CHANGE_GRANTED = "change_granted"
    CHANGE_REFUSED = "change_refused"
    APPROVAL_AWAITED = "approval_awaited"
    ORDER_APPROVED = "order_approved"
    ORDER_NOT_APPROVED = "order_not_approved"
    QUOTE_ASKED = "quote_asked"
    QUOTES_OFFERED = "quotes_offered"
    QUOTE_NONE = "quote_none"
    QUOTE_WITHDRAWN = "quote_withdrawn"
    QUOTE_EXPIRED = "quote_expired"
    PURCHASE_ORDER = "purchase_order"
    # The wording of the same mail where the order can be paid by card too.
    PURCHASE_ORDER_CARD = "purchase_order_card"
    CARD_CAPTURE_FAILED = "card_capture_failed"
    PAYMENT_REMINDER = "payment_reminder"
    PAYMENT_PARTIAL = "payment_partial"
    PAYMENT_RECEIVED = "payment_received"
    ACCEPTANCE_AWAITED = "acceptance_awaited"
    READY_TO_SHIP = "ready_to_ship"
    SHIPMENT_DISPATCHED = "shipment_dispatched"
    ADDRESS_CHANGE_ASKED = "address_change_asked"
    ADDRESS_CHANGED = "address_changed"
    ADDRESS_CHANGE_REFUSED = "address_change_refused"
    DELIVERY_FAILED = "delivery_failed"
    REDELIVERY_ASKED = "redelivery_asked"
    PARCEL_RETURNED = "parcel_returned"
    PARCEL_RETURNED_TO_SELLER = "parcel_returned_to_seller"
    PARCEL_LOST = "parcel_lost"
    PARCEL_LOST_TO_SELLER = "parcel_lost_to_seller"
    CLAIM_WINDOW_OPENED = "claim_window_opened"
    INVOICE_TO_BUYER = "invoice_to_buyer"
    INVOICE_TO_SELLER = "invoice_to_seller"
    RETURN_AUTHORISED = "return_authorised"
    RETURN_ANNOUNCED = "return_announced"
    CREDIT_NOTE_TO_BUYER = "credit_note_to_buyer"
    CREDIT_NOTE_TO_SELLER = "credit_note_to_seller"
    INVOICE_CONTESTED = "invoice_contested"
    CONTEST_DISMISSED = "contest_dismissed"
    CORRECTION_TO_BUYER = "correction_to_buyer"
    CORRECTION_TO_SELLER = "correction_to_seller"
    ORDER_EXPIRED = "order_expired"
    ORDER_CANCELLED = "order_cancelled"
    SELLER_ORDER_CANCELLED = "seller_order_cancelled"
    # Of a part that was paid.
    PART_CANCELLED_TO_BUYER = "part_cancelled_to_buyer"
    PART_CANCELLED_TO_SELLER = "part_cancelled_to_seller"
    # To its buyer, who wanted it so.
    PART_CANCELLED_AS_ASKED = "part_cancelled_as_asked"
    CANCELLATION_ASKED = "cancellation_asked"
    CANCELLATION_DECLINED = "cancellation_declined"
    DELAY_ANNOUNCED = "delay_announced"
    PART_LATE_TO_BUYER = "part_late_to_buyer"
    PART_LATE_TO_SELLER = "part_late_to_seller"
    REFUND_PROMISED = "refund_promised"
    REFUND_SETTLED = "refund_settled"
    PAYOUT_SETTLED = "payout_settled"


class DeliveryState(StrEnum):
    """A delivery waits for its mail, and then it was either taken by the mail server or will never be sent."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class FailureReason(StrEnum):
    """Why a mail will never be sent; a code, because it stands on a topic."""

    REFUSED = "refused_by_mail_server"
    NO_ADDRESS = "no_address"
    # What the mail asks for has been done in the meantime, so it would only confuse.
    OVERTAKEN = "overtaken"


class DeliveryEnded(WrongState):
    """The mail was sent, or given up for good."""

    code = "delivery_ended"
    title = "This delivery has ended"


class DeliveryNotFound(NotFound):
    """No delivery with this id."""

    code = "delivery_not_found"
    title = "There is no such delivery"


class DeliveryImpossible(Exception):
    """This mail can never be sent: `reason` says why. Trying again would not help."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


TABLE = StateTable(
    {
        ("send", DeliveryState.PENDING): DeliveryState.SENT,
        ("fail", DeliveryState.PENDING): DeliveryState.FAILED,
    },
    DeliveryEnded,
)


@dataclass(frozen=True, kw_only=True)
class DeliveryPrepared(DomainEvent):
    """A fact calls for a mail; the reader's company may not be known yet."""

    template: Template
    company_id: Id | None
    order_id: Id | None


@dataclass(frozen=True, kw_only=True)
class DeliverySent(DomainEvent):
    """The mail server took the mail."""

    template: Template
    company_id: Id
    order_id: Id | None
    message_id: str


@dataclass(frozen=True, kw_only=True)
class DeliveryFailed(DomainEvent):
    """The mail will not be sent."""

    template: Template
    company_id: Id | None
    order_id: Id | None
    reason: FailureReason


@dataclass(frozen=True)
class Delivery:
    """`facts` is what the event said (ids, amounts, times; nothing personal) and what the mail is written from."""

    id: Id
    version: int
    state: DeliveryState
    template: Template
    event_id: Id
    facts: Mapping[str, Any]
    prepared_at: datetime
    company_id: Id | None = None
    order_id: Id | None = None
    ended_at: datetime | None = None
    reason: FailureReason | None = None

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail that is sent twice is one mail to whoever sorts by it."""
        return f"<{self.id}@regrade>"

    def prepared(self) -> DeliveryPrepared:
        """The fact that goes with its first version."""
        return DeliveryPrepared(
            aggregate_id=self.id,
            seq=self.version,
            template=self.template,
            company_id=self.company_id,
            order_id=self.order_id,
        )

    def sent(self, company_id: Id, at: datetime) -> tuple["Delivery", DeliverySent]:
        """The mail server took the mail to somebody of this company."""
        after = self._after("send", company_id=company_id, ended_at=at)
        return after, DeliverySent(
            aggregate_id=self.id,
            seq=after.version,
            template=self.template,
            company_id=company_id,
            order_id=self.order_id,
            message_id=self.message_id,
        )

    def failed(self, reason: FailureReason, at: datetime) -> tuple["Delivery", DeliveryFailed]:
        """It will never be sent."""
        after = self._after("fail", reason=reason, ended_at=at)
        return after, DeliveryFailed(
            aggregate_id=self.id,
            seq=after.version,
            template=self.template,
            company_id=self.company_id,
            order_id=self.order_id,
            reason=reason,
        )

    def _after(self, move: str, **changes: Any) -> "Delivery":
        return replace(self, version=self.version + 1, state=TABLE.after(move, self.state), **changes)


def delivery_id(event_id: Id, template: Template, person_id: Id | None = None) -> Id:
    """The id follows from the event and the template, and from the person where an event has several readers of one."""
    return derived_id(event_id, template if person_id is None else f"{template}/{person_id}")


def new_delivery(
    template: Template,
    event_id: Id,
    facts: Mapping[str, Any],
    at: datetime,
    *,
    company_id: Id | None = None,
    order_id: Id | None = None,
    person_id: Id | None = None,
) -> Delivery:
    """A delivery that waits; `person_id` is one of several readers."""
    return Delivery(
        id=delivery_id(event_id, template, person_id),
        version=1,
        state=DeliveryState.PENDING,
        template=template,
        event_id=event_id,
        facts=facts,
        prepared_at=at,
        company_id=company_id,
        order_id=order_id,
    )
