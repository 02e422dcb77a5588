"""Domain event → public event: the one place where the public shapes of payments are made."""

from datetime import UTC, datetime
from typing import Any

from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded, anchor
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain import events
from payments.domain.matching import Part

PAYMENT = "payments.payment"
BANK_LINE = "payments.bank_line"
LEDGER = "payments.ledger"
INVOICE = "payments.invoice"
SETTLEMENT = "payments.settlement"
PAYOUT = "payments.payout"
REFUND = "payments.refund"
CARD_PAYMENT = "payments.card_payment"
CONTEST = "payments.contest"
AUDIT_LOG = "payments.audit_log"
TOPICS = (PAYMENT, CARD_PAYMENT, BANK_LINE, LEDGER, INVOICE, SETTLEMENT, PAYOUT, REFUND, CONTEST, AUDIT_LOG)

Shape = tuple[str, str, dict[str, Any]]


def outbound(event: DomainEvent) -> PublicEvent:
    """The public event; every domain event of this service has one."""
    shape = (
        _payment(event)
        or _card_payment(event)
        or _bank_line(event)
        or _ledger(event)
        or _invoice(event)
        or _to_seller(event)
        or _refund(event)
        or _contest(event)
        or _entry(event)
    )
    if shape is None:
        raise AssertionError(f"{type(event).__name__} has no public shape")
    topic, name, data = shape
    return PublicEvent(
        topic=topic, type=f"{topic}.{name}.v1", aggregate_id=event.aggregate_id, seq=event.seq, data=data
    )


def _entry(event: DomainEvent) -> Shape | None:
    if not isinstance(event, EntryRecorded):
        return None
    return AUDIT_LOG, "recorded", anchor(event)


def _payment(event: DomainEvent) -> Shape | None:
    payment = {"payment_id": str(event.aggregate_id)}
    match event:
        case events.PaymentOpened():
            # The holder is the buyer, whose name is on no topic; the field stays for those who were promised it.
            account = {"iban": event.iban, "bic": event.bic, "holder_name": ""}
            data = {
                "order_id": str(event.order_id),
                "buyer_id": str(event.buyer_id),
                "amount_due": _money(event.amount_due),
                "virtual_account": account,
                "reference": event.reference,
                "card_payment_link": event.card_payment_link,
            }
            return PAYMENT, "opened", {**payment, **data}
        case events.PaymentPartiallyPaid():
            data = {
                "order_id": str(event.order_id),
                "received": _money(event.received),
                "missing": _money(event.missing),
            }
            return PAYMENT, "partially_paid", {**payment, **data}
        case events.PaymentSecured():
            data = {
                "order_id": str(event.order_id),
                "amount": _money(event.amount),
                "method": event.method,
                "capture": event.capture,
                "secured_at": _instant(event.secured_at),
            }
            return PAYMENT, "secured", {**payment, **data}
        case events.PaymentNotPaid():
            return PAYMENT, "not_paid", {**payment, "order_id": str(event.order_id)}
        case events.PaymentClosed():
            return PAYMENT, "closed", {**payment, "order_id": str(event.order_id), "reason": event.reason}
    return None


CardEvent = (
    events.CardStarted
    | events.CardAuthenticationRequired
    | events.CardAuthorised
    | events.CardCaptured
    | events.CardCaptureFailed
    | events.CardFailed
    | events.CardVoided
    | events.CardExpired
)


def _card_payment(event: DomainEvent) -> Shape | None:
    if not isinstance(event, CardEvent):
        return None
    card = {
        "card_payment_id": str(event.aggregate_id),
        "payment_id": str(event.payment_id),
        "order_id": str(event.order_id),
    }
    name, data = _card_fact(event)
    return CARD_PAYMENT, name, {**card, **data}


def _card_fact(event: CardEvent) -> tuple[str, dict[str, Any]]:
    match event:
        case events.CardStarted():
            return "started", {"amount": _money(event.amount)}
        case events.CardAuthenticationRequired():
            return "authentication_required", {"expires_at": _instant(event.expires_at)}
        case events.CardAuthorised():
            until = _instant(event.valid_until) if event.valid_until else None
            return "authorised", {"amount": _money(event.amount), "valid_until": until}
        case events.CardCaptured():
            part = {"seller_order_id": _id(event.seller_order_id), "shipment_id": _id(event.shipment_id)}
            return "captured", {**part, "amount": _money(event.amount)}
        case events.CardCaptureFailed():
            part = {"seller_order_id": _id(event.seller_order_id), "shipment_id": _id(event.shipment_id)}
            return "capture_failed", {**part, "reason": event.reason}
        case events.CardFailed():
            return "failed", {"reason": event.reason}
        case events.CardVoided():
            return "voided", {}
        case events.CardExpired():
            return "expired", {}


def _bank_line(event: DomainEvent) -> Shape | None:
    line = {"bank_line_id": str(event.aggregate_id)}
    match event:
        case events.BankLineReceived():
            data = {
                "buyer_id": str(event.buyer_id),
                "amount": _money(event.amount),
                "value_date": event.value_date.isoformat(),
                "booked_at": _instant(event.booked_at),
            }
            return BANK_LINE, "received", {**line, **data}
        case events.BankLineAllocated():
            allocations = [_part(part, event.currency) for part in event.parts]
            return BANK_LINE, "allocated", {**line, "allocations": allocations}
    return None


def _part(part: Part, currency: str) -> dict[str, Any]:
    return {"kind": part.kind, "order_id": _id(part.order_id), "amount": _money(Money(part.amount_minor, currency))}


def _ledger(event: DomainEvent) -> Shape | None:
    if not isinstance(event, events.JournalPosted):
        return None
    entry = event.journal.entry
    return (
        LEDGER,
        "posted",
        {
            "journal_id": str(event.aggregate_id),
            "kind": str(entry.kind),
            "order_id": _id(entry.order_id),
            "seller_order_id": _id(entry.seller_order_id),
            "postings": [
                {"account": posting.account.name, "side": posting.side, "amount": _money(posting.amount)}
                for posting in entry.postings
            ],
            "cause": event.journal.cause,
        },
    )


def _invoice(event: DomainEvent) -> Shape | None:
    if not isinstance(event, events.InvoiceIssued):
        return None
    return (
        INVOICE,
        "issued",
        {
            "invoice_id": str(event.aggregate_id),
            "number": event.number,
            "kind": event.kind,
            "series": event.series,
            "seller_id": str(event.seller_id),
            "buyer_id": str(event.buyer_id),
            "order_id": str(event.order_id),
            "seller_order_id": str(event.seller_order_id),
            "shipment_id": str(event.shipment_id),
            "totals": {"net": _money(event.net), "vat": _money(event.vat), "gross": _money(event.gross)},
            "sha256": event.sha256,
            "issued_on": event.issued_on.isoformat(),
            "credits": _named(event.credits),
            "case_id": _id(event.case_id),
            "replaces": _named(event.replaces),
            "contest_id": _id(event.contest_id),
        },
    )


def _named(invoice: tuple[Id, str] | None) -> dict[str, str] | None:
    return {"invoice_id": str(invoice[0]), "number": invoice[1]} if invoice else None


def _contest(event: DomainEvent) -> Shape | None:
    contest = {"contest_id": str(event.aggregate_id)}
    match event:
        case events.ContestOpened():
            data = {
                "invoice_id": str(event.invoice_id),
                "number": event.number,
                "order_id": str(event.order_id),
                "seller_id": str(event.seller_id),
                "buyer_id": str(event.buyer_id),
                "reason": event.reason,
            }
            return CONTEST, "opened", {**contest, **data}
        case events.ContestUpheld():
            data = {
                "invoice_id": str(event.invoice_id),
                "seller_id": str(event.seller_id),
                "credit_note_id": str(event.credit_note_id),
                "corrected_invoice_id": str(event.corrected_id),
            }
            return CONTEST, "upheld", {**contest, **data}
        case events.ContestDismissed():
            data = {
                "invoice_id": str(event.invoice_id),
                "number": event.number,
                "order_id": str(event.order_id),
                "seller_id": str(event.seller_id),
                "reason": event.reason,
            }
            return CONTEST, "dismissed", {**contest, **data}
    return None


def _to_seller(event: DomainEvent) -> Shape | None:
    settlement = {"seller_order_id": str(event.aggregate_id)}
    payout = {"payout_id": str(event.aggregate_id)}
    match event:
        case events.SettlementPending():
            commission = {"net": _money(event.commission_net), "vat": _money(event.commission_vat)}
            data = {"seller_id": str(event.seller_id), "amount": _money(event.amount), "commission": commission}
            return SETTLEMENT, "pending", {**settlement, **data}
        case events.SettlementReleased():
            data = {"seller_id": str(event.seller_id), "amount": _money(event.amount)}
            return SETTLEMENT, "released", {**settlement, **data}
        case events.SettlementCredited():
            data = {
                "seller_id": str(event.seller_id),
                "credit_note_id": str(event.credit_note_id),
                "gross": _money(event.gross),
                "commission": _money(event.commission),
                "amount": _money(event.amount),
            }
            return SETTLEMENT, "credited", {**settlement, **data}
        case events.SettlementPaidOut():
            return SETTLEMENT, "paid_out", {**settlement, "payout_id": str(event.payout_id)}
        case events.PayoutCreated():
            data = {
                "seller_id": str(event.seller_id),
                "amount": _money(event.amount),
                "withheld": _money(event.withheld),
                "seller_order_ids": [str(id) for id in event.seller_order_ids],
            }
            return PAYOUT, "created", {**payout, **data}
        case events.PayoutSent():
            return PAYOUT, "sent", {**payout, "seller_id": str(event.seller_id)}
        case events.PayoutSettled():
            data = {"seller_id": str(event.seller_id), "amount": _money(event.amount)}
            return PAYOUT, "settled", {**payout, **data}
        case events.PayoutFailed():
            return PAYOUT, "failed", {**payout, "seller_id": str(event.seller_id), "reason": event.reason}
    return None


def _refund(event: DomainEvent) -> Shape | None:
    refund = {"refund_id": str(event.aggregate_id)}
    match event:
        case events.RefundCreated():
            data = {
                **refund,
                **_whose(event),
                **_credited(event),
                "amount": _money(event.amount),
                "cause": event.cause,
                "means": event.means,
                "due_at": _instant(event.due_at) if event.due_at else None,
                "seller_order_id": _id(event.seller_order_id),
            }
            return REFUND, "created", data
        case events.RefundSent():
            return REFUND, "sent", {**refund, **_whose(event)}
        case events.RefundSettled():
            data = {**refund, **_whose(event), **_credited(event), "amount": _money(event.amount)}
            return REFUND, "settled", {**data, "completes_case": event.completes_case}
        case events.RefundFailed():
            return REFUND, "failed", {**refund, **_whose(event), "reason": event.reason}
    return None


def _whose(
    event: events.RefundCreated | events.RefundSent | events.RefundSettled | events.RefundFailed,
) -> dict[str, Any]:
    return {"order_id": _id(event.order_id), "buyer_id": str(event.buyer_id)}


def _credited(event: events.RefundCreated | events.RefundSettled) -> dict[str, Any]:
    return {"case_id": _id(event.case_id), "credit_note_id": _id(event.credit_note_id)}


def _money(amount: Money) -> dict[str, Any]:
    return {"amount": amount.minor, "currency": amount.currency}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _id(id: Id | None) -> str | None:
    return str(id) if id else None
