"""The published machines: which fact may follow which, per topic. Written down here a second time, on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """`first` gives the state after the first fact, `moves` the state after a fact in a state."""

    first: Mapping[str, str]
    moves: Mapping[tuple[str, str], str]

    def edges(self) -> frozenset[tuple[str, str]]:
        """All pairs of states with a move between them."""
        return frozenset((before, after) for (before, _), after in self.moves.items())


_PROGRESS = ("secured", "in_fulfilment", "partially_shipped", "shipped", "delivered", "completed")
_WAITING = ("awaiting_payment", "partially_paid")

_ORDER = Machine(
    # Where the buyer keeps spending limits they are looked at first, and its own people may have to say yes.
    {"placed": "reserving", "submitted": "checking_limits"},
    {
        **{(state, "placed"): "reserving" for state in ("checking_limits", "awaiting_approval")},
        **{(state, "approval_awaited"): "awaiting_approval" for state in ("checking_limits", "awaiting_approval")},
        **{(state, "refused"): "refused" for state in ("checking_limits", "awaiting_approval")},
        ("awaiting_approval", "withdrawn"): "cancelled_by_buyer",
        ("reserving", "held"): "awaiting_payment",
        ("reserving", "refused"): "refused",
        **{(state, "partially_paid"): "partially_paid" for state in _WAITING},
        **{(state, "payment_reminded"): state for state in _WAITING},
        **{(state, "cancelled"): "cancelled_by_buyer" for state in _WAITING},
        **{(state, "expiring"): "expiry_pending" for state in _WAITING},
        ("expiry_pending", "auto_cancelled"): "auto_cancelled",
        **{(state, "secured"): "secured" for state in (*_WAITING, "expiry_pending")},
        **{(state, "purchase_order_ready"): state for state in (*_WAITING, "expiry_pending", *_PROGRESS)},
        **{(early, late): late for n, early in enumerate(_PROGRESS) for late in _PROGRESS[n + 1 :]},
        **{(state, "cancelled_exception"): "cancelled_exception" for state in ("secured", "in_fulfilment")},
    },
)
_SELLER_ORDER = Machine(
    {"opened": "awaiting_payment"},
    {
        ("awaiting_payment", "acceptance_awaited"): "awaiting_acceptance",
        ("awaiting_payment", "ready_to_ship"): "to_ship",
        **{
            (state, "cancelled"): "cancelled"
            for state in ("awaiting_payment", "awaiting_acceptance", "to_ship", "address_change_pending")
        },
        ("awaiting_acceptance", "ready_to_ship"): "to_ship",
        ("awaiting_acceptance", "vat_cleared"): "awaiting_acceptance",
        ("to_ship", "vat_cleared"): "to_ship",
        **{(state, "address_changed"): state for state in ("awaiting_payment", "awaiting_acceptance")},
        ("to_ship", "address_change_asked"): "address_change_pending",
        ("address_change_pending", "address_changed"): "to_ship",
        ("address_change_pending", "address_change_refused"): "to_ship",
        ("address_change_pending", "vat_cleared"): "address_change_pending",
        **{
            (state, "cancellation_asked"): state
            for state in ("awaiting_acceptance", "to_ship", "address_change_pending")
        },
        **{
            (state, "cancellation_declined"): state
            for state in ("awaiting_acceptance", "to_ship", "address_change_pending", "announced")
        },
        **{("to_ship", told): "to_ship" for told in ("delay_announced", "late")},
        ("to_ship", "shipped"): "shipped",
        ("to_ship", "shipment_announced"): "announced",
        ("announced", "shipment_withdrawn"): "to_ship",
        ("announced", "shipped"): "shipped",
        **{(state, "delivered"): "delivered" for state in ("shipped", "delivery_failed")},
        ("shipped", "delivery_failed"): "delivery_failed",
        ("delivery_failed", "delivery_resumed"): "shipped",
        **{(state, "returned"): "returned" for state in ("shipped", "delivery_failed")},
        **{(state, "lost"): "lost" for state in ("shipped", "delivery_failed")},
        ("delivered", "completed"): "completed",
    },
)
_PAYMENT = Machine(
    # An order that ended before its account was open gets a payment that is closed from the start.
    {"opened": "opened", "not_paid": "closed", "closed": "closed"},
    {
        **{(state, "partially_paid"): "partially_paid" for state in ("opened", "partially_paid")},
        **{(state, "secured"): "secured" for state in ("opened", "partially_paid")},
        **{(state, "not_paid"): "closed" for state in ("opened", "partially_paid")},
        **{(state, "closed"): "closed" for state in ("opened", "partially_paid", "secured")},
    },
)
# A parcel is announced first where the buyer's card is charged when the goods leave.
_SHIPMENT = Machine(
    {"announced": "announced", "dispatched": "dispatched"},
    {
        ("announced", "dispatched"): "dispatched",
        ("announced", "withdrawn"): "withdrawn",
        **{(state, "delivered"): "delivered" for state in ("dispatched", "delivery_failed")},
        **{(state, "delivery_failed"): "delivery_failed" for state in ("dispatched", "delivery_failed")},
        ("delivery_failed", "redelivery_asked"): "delivery_failed",
        ("delivery_failed", "delivery_resumed"): "dispatched",
        **{(state, "returned"): "returned" for state in ("dispatched", "delivery_failed")},
        **{(state, "lost"): "lost" for state in ("dispatched", "delivery_failed")},
    },
)
_UNDECIDED = ("created", "requires_3ds")
_CARD_PAYMENT = Machine(
    {"started": "created"},
    {
        ("created", "authentication_required"): "requires_3ds",
        **{(state, "authorised"): "authorised" for state in _UNDECIDED},
        **{(state, "failed"): "failed" for state in _UNDECIDED},
        **{(state, "captured"): "captured" for state in ("authorised", "captured")},
        **{(state, "capture_failed"): state for state in ("authorised", "captured", "expired", "voided")},
        ("authorised", "voided"): "voided",
        ("authorised", "expired"): "expired",
    },
)
# Money that leaves: the provider's word may overtake the answer to our own call.
_OUTGOING = Machine(
    {"created": "created"},
    {
        ("created", "sent"): "sent",
        **{(state, "settled"): "settled" for state in ("created", "sent")},
        **{(state, "failed"): "failed" for state in ("created", "sent")},
    },
)
_COMPANY = Machine(
    {"registered": "pending"},
    {
        ("pending", "changed"): "pending",
        ("active", "changed"): "active",
        ("pending", "activated"): "active",
        ("pending", "closed"): "closed",
        ("active", "closing"): "closing",
        ("closing", "reopened"): "active",
        # Something about it may be told while it closes, such as an answer of the VAT register.
        ("closing", "changed"): "closing",
        ("closing", "closed"): "closed",
        ("closed", "changed"): "closed",
        ("closed", "erased"): "erased",
        ("erased", "changed"): "erased",
        # As it was before closures took two steps.
        ("active", "closed"): "closed",
    },
)
_LOOKED_AT = ("submitted", "in_review")
_OPEN_CASE = ("draft", "submitted", "in_review", "info_requested", "approved", "active", "suspended", "offboarded")
_EARNING = ("active", "suspended", "offboarded")
_SELLER = Machine(
    # What is complete at once is never a draft.
    {"submitted": "submitted", "drafted": "draft"},
    {
        ("draft", "submitted"): "submitted",
        **{(state, fact): state for state in _OPEN_CASE for fact in ("changed", "requirement_raised")},
        **{(state, fact): state for state in _EARNING for fact in ("payouts_held", "payouts_resumed")},
        **{(state, "mandate_renewed"): state for state in ("active", "suspended")},
        ("suspended", "suspended"): "suspended",
        ("submitted", "review_started"): "in_review",
        **{(state, "info_requested"): "info_requested" for state in _LOOKED_AT},
        ("info_requested", "reminded"): "info_requested",
        ("info_requested", "info_given"): "in_review",
        **{(state, "approved"): "approved" for state in _LOOKED_AT},
        **{(state, "rejected"): "rejected" for state in (*_LOOKED_AT, "info_requested")},
        ("approved", "activated"): "active",
        ("active", "suspended"): "suspended",
        ("suspended", "activated"): "active",
        **{(state, "offboarded"): "offboarded" for state in ("approved", "active", "suspended")},
    },
)
_COVERAGE = Machine(
    {"opened": "open"},
    {
        ("open", "warranties_set"): "open",
        ("open", "claim_window_closed"): "claim_window_closed",
        ("claim_window_closed", "warranties_set"): "claim_window_closed",
    },
)
_AT_BENCH = ("received", "on_hold")
_FIXING = ("inspected", "repairing_or_replacing")
_QUOTE = Machine(
    {"asked": "open"},
    {
        ("open", "offered"): "offered",
        **{(state, "closed_no_offer"): "closed_no_offer" for state in ("open", "offered")},
        **{(state, "bid_withdrawn"): state for state in ("open", "offered")},
        ("offered", "asked_again"): "open",
        ("offered", "accepted"): "accepted",
        ("accepted", "award_given_up"): "offered",
        ("accepted", "ordered"): "ordered",
        ("ordered", "award_returned"): "accepted",
        ("offered", "declined"): "declined",
        ("open", "withdrawn"): "withdrawn",
        **{(state, "expired"): "expired" for state in ("offered", "accepted", "ordered")},
    },
)
_CASE = Machine(
    {"opened": "requested"},
    {
        ("requested", "authorised"): "authorised",
        ("authorised", "sent"): "in_transit",
        ("authorised", "expired"): "expired",
        **{(state, "withdrawn"): "withdrawn" for state in ("authorised", "in_transit")},
        **{(state, "received"): "received" for state in ("authorised", "in_transit")},
        ("received", "on_hold"): "on_hold",
        **{(state, "inspected"): "inspected" for state in _AT_BENCH},
        **{(state, "closed"): "no_fault" for state in _AT_BENCH},
        **{(state, "rejected"): "rejected" for state in _AT_BENCH},
        **{(state, "remedy_chosen"): "repairing_or_replacing" for state in _FIXING},
        ("repairing_or_replacing", "resolved"): "resolved",
        **{(state, "refund_due"): "refunding" for state in ("received", *_FIXING)},
        ("refunding", "refunded"): "refunded",
    },
)
# A full sync stops, before its first line or before it takes offers offline, where it would empty a shop.
_IMPORT = Machine(
    {"received": "received"},
    {
        ("received", "started"): "running",
        **{(state, "confirmation_awaited"): "awaiting_confirmation" for state in ("received", "running")},
        ("awaiting_confirmation", "confirmed"): "running",
        ("running", "done"): "done",
        **{(state, "failed"): "failed" for state in ("received", "running")},
        **{(state, "cancelled"): "cancelled" for state in ("received", "running", "awaiting_confirmation")},
    },
)

# Products that are older than the topic tell their first fact when an operator looks at them.
_PRODUCT = Machine(
    {"described": "unreviewed", "confirmed": "confirmed", "corrected": "confirmed", "merged": "merged"},
    {
        ("unreviewed", "confirmed"): "confirmed",
        **{(state, "corrected"): "confirmed" for state in ("unreviewed", "confirmed")},
        **{(state, "merged"): "merged" for state in ("unreviewed", "confirmed")},
    },
)

_UNIT = Machine(
    {"registered": "in_stock"},
    {
        **{(state, "described"): state for state in ("in_stock", "in_repair", "returned")},
        ("in_stock", "shipped"): "shipped",
        ("shipped", "received"): "in_repair",
        ("in_repair", "sent_back"): "shipped",
        **{(state, "returned"): "returned" for state in ("shipped", "in_repair")},
        ("returned", "restocked"): "in_stock",
        **{(state, "retired"): "retired" for state in ("in_stock", "returned")},
    },
)

# Every entry of an audit log leaves its hash here; a log never ends.
_AUDIT_LOG = Machine({"recorded": "recorded"}, {("recorded", "recorded"): "recorded"})

MACHINES: Mapping[str, Machine] = {
    **{
        f"{service}.audit_log": _AUDIT_LOG
        for service in ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")
    },
    "accounts.company": _COMPANY,
    "accounts.seller": _SELLER,
    # Confirmed by every holder; the last one completes it.
    "accounts.erasure": Machine(
        {"requested": "requested"}, {("requested", "confirmed"): "requested", ("requested", "completed"): "done"}
    ),
    "accounts.revocation": Machine({"revoked": "revoked"}, {}),
    "catalog.stock": Machine({"pushed": "pushed"}, {("pushed", "pushed"): "pushed"}),
    "catalog.import": _IMPORT,
    "catalog.reservation": Machine(
        {"held": "held", "refused": "refused"}, {("held", "consumed"): "consumed", ("held", "released"): "released"}
    ),
    "catalog.quote": _QUOTE,
    "catalog.product": _PRODUCT,
    "catalog.unit": _UNIT,
    "orders.order": _ORDER,
    "orders.seller_order": _SELLER_ORDER,
    "orders.shipment": _SHIPMENT,
    "payments.payment": _PAYMENT,
    "payments.card_payment": _CARD_PAYMENT,
    "payments.bank_line": Machine({"received": "received"}, {("received", "allocated"): "allocated"}),
    "payments.ledger": Machine({"posted": "posted"}, {}),
    "payments.invoice": Machine({"issued": "issued"}, {}),
    "payments.contest": Machine({"opened": "open"}, {("open", "upheld"): "upheld", ("open", "dismissed"): "dismissed"}),
    "payments.settlement": Machine(
        {"pending": "pending"},
        {
            ("pending", "released"): "released",
            ("released", "paid_out"): "paid_out",
            # Goods come back whenever they break.
            **{(state, "credited"): state for state in ("pending", "released", "paid_out")},
        },
    ),
    "payments.payout": _OUTGOING,
    "payments.refund": _OUTGOING,
    "aftersales.coverage": _COVERAGE,
    "aftersales.case": _CASE,
    "gateway.delivery": Machine(
        {"prepared": "prepared"}, {("prepared", "sent"): "sent", ("prepared", "failed"): "failed"}
    ),
}
