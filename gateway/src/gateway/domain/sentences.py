"""Every fact as a sentence for people who watch: what happened, to what, how much. No fact needs one of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.kernel.money import decimal_text

Data = Mapping[str, Any]


def sentence(type: str, data: Data) -> str:
    """What an event of this type (`orders.order.held.v1`) says.

    A type nobody has written a sentence for, or one whose data looks otherwise, is told by its own words.
    """
    try:
        return _SENTENCES[type](data)
    except (KeyError, TypeError, ValueError, AttributeError):
        return _plain(type)


def _plain(type: str) -> str:
    _, thing, fact, *_ = [*type.split("."), "", ""]
    words = f"{thing} {fact}".replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}."


def _amount(money: Data) -> str:
    return f"{decimal_text(money['amount'], money['currency'])} {money['currency']}"


def _day(instant: str) -> str:
    return f"{instant[:10]} {instant[11:16]} UTC"


def _count(things: list[Any], one: str) -> str:
    return f"1 {one}" if len(things) == 1 else f"{len(things)} {one}s"


def _words(code: str) -> str:
    return code.replace("_", " ")


def _posted(data: Data) -> str:
    debits = [part["amount"] for part in data["postings"] if part["side"] == "debit"]
    total = {"amount": sum(part["amount"] for part in debits), "currency": debits[0]["currency"]}
    rule, _, name = data["kind"].partition("_")
    return f"{_amount(total)} booked: {_words(name)} ({rule})."


def _allocated(data: Data) -> str:
    parts = [f"{_amount(part['amount'])} to {part['kind']}" for part in data["allocations"]]
    return f"Transfer divided: {', '.join(parts)}."


_SENTENCES: Mapping[str, Callable[[Data], str]] = {
    **{
        f"{service}.audit_log.recorded.v1": lambda d: f"An operator acted: {_words(d['act'])}."
        for service in ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")
    },
    "accounts.company.registered.v1": lambda d: f"A {d['kind']} company signed up{_in_market(d)}.",
    "accounts.company.activated.v1": lambda d: f"A {d['kind']} company is active{_in_market(d)}.",
    "accounts.company.changed.v1": lambda d: f"A company changed: {', '.join(map(_words, d['what']))}.",
    "accounts.company.closing.v1": lambda d: f"A company is being closed: {_words(d['reason'])}.",
    "accounts.company.reopened.v1": lambda d: f"A company was not closed: {len(d['open'])} open.",
    "accounts.company.erased.v1": lambda d: "A company was forgotten.",
    "accounts.company.closed.v1": lambda d: "A company was closed.",
    "accounts.erasure.requested.v1": lambda d: (
        "A person is to be forgotten." if d["user_id"] else "A company is to be forgotten."
    ),
    "accounts.erasure.confirmed.v1": lambda d: f"{d['holder'].capitalize()} has erased what it kept.",
    "accounts.erasure.completed.v1": lambda d: "Every service has erased what it kept.",
    "accounts.revocation.revoked.v1": lambda d: f"A sign-in was taken back: {_words(d['kind'])}.",
    "accounts.seller.drafted.v1": lambda d: "A refurbisher began an application to sell.",
    "accounts.seller.changed.v1": lambda d: f"A seller's case changed: {', '.join(_words(one) for one in d['what'])}.",
    "accounts.seller.requirement_raised.v1": lambda d: (
        f"A seller was asked for {_words(d['subject'] or d['requirement'])}: {_words(d['why'])}."
    ),
    "accounts.seller.payouts_held.v1": lambda d: f"A seller's payouts are held: {_words(d['reason'])}.",
    "accounts.seller.payouts_resumed.v1": lambda d: "A seller's payouts go on.",
    "accounts.seller.mandate_renewed.v1": lambda d: f"A seller signed the mandate of {d['mandate_version']}.",
    "accounts.seller.submitted.v1": lambda d: f"A seller applied for {', '.join(d['markets'])}.",
    "accounts.seller.approved.v1": lambda d: "A seller was approved; its mandate is still to be signed.",
    "accounts.seller.rejected.v1": lambda d: f"A seller was rejected: {_words(d['reason'])}.",
    "accounts.seller.activated.v1": lambda d: f"A seller signed its mandate and may sell in {', '.join(d['markets'])}.",
    "accounts.seller.review_started.v1": lambda d: "A seller's application is looked at.",
    "accounts.seller.info_requested.v1": lambda d: f"A seller was asked for more: {_words(d['reason'])}.",
    "accounts.seller.reminded.v1": lambda d: "A seller was reminded of the question about its application.",
    "accounts.seller.info_given.v1": lambda d: "A seller answered the question about its application.",
    "accounts.seller.offboarded.v1": lambda d: f"A seller is gone for good: {_words(d['reason'])}.",
    "accounts.seller.suspended.v1": lambda d: f"A seller was suspended: {_words(d['reason'])}.",
    "catalog.stock.pushed.v1": lambda d: f"A seller pushed {_count(d['lines'], 'line')} of stock.",
    "catalog.reservation.held.v1": lambda d: f"Stock is held for {_count(d['lines'], 'line')}.",
    "catalog.reservation.refused.v1": lambda d: f"No stock for {_count(d['lines'], 'line')}: the order is refused.",
    "catalog.reservation.consumed.v1": lambda d: "Held stock is sold.",
    "catalog.reservation.released.v1": lambda d: f"Held stock is free again: {_words(d['reason'])}.",
    "catalog.product.described.v1": lambda d: f"A seller described a new product: {d['title']}.",
    "catalog.product.confirmed.v1": lambda d: "A product was confirmed.",
    "catalog.product.corrected.v1": lambda d: f"A product was corrected: {d['title']}.",
    "catalog.product.merged.v1": lambda d: "A product was a double and became one with another.",
    "catalog.unit.registered.v1": lambda d: f"A device got its passport, for {d['sku']}.",
    "catalog.unit.described.v1": lambda d: f"The passport of a device was brought up to date, for {d['sku']}.",
    "catalog.unit.shipped.v1": lambda d: "A device left with a parcel.",
    "catalog.unit.received.v1": lambda d: "A device is on its seller's bench.",
    "catalog.unit.sent_back.v1": lambda d: "A device goes back to its buyer.",
    "catalog.unit.returned.v1": lambda d: "A device is its seller's again.",
    "catalog.unit.restocked.v1": lambda d: "A device is in stock again.",
    "catalog.unit.retired.v1": lambda d: "A device will not be sold here any more.",
    "orders.order.placed.v1": lambda d: f"Order {d['number']} placed with {_count(d['lines'], 'line')}.",
    "orders.order.submitted.v1": lambda d: f"Order {d['number']} is weighed against its buyer's spending limits.",
    "orders.order.approval_awaited.v1": lambda d: (
        f"Order {d['number']} over {_amount(d['gross'])} waits for an approval, step {d['step']} of {d['steps']}."
    ),
    "orders.order.withdrawn.v1": lambda d: "The buyer withdrew the order before it was approved.",
    "orders.order.held.v1": lambda d: (
        f"Order {d['number']} holds stock for {_amount(d['totals']['gross'])}, to be paid until {_day(d['hold_until'])}."
    ),
    "orders.order.refused.v1": lambda d: f"Order refused: {_words(d['reason'])}.",
    "orders.order.purchase_order_ready.v1": lambda d: "The purchase order is made.",
    "orders.order.partially_paid.v1": lambda d: f"{_amount(d['received'])} received, {_amount(d['missing'])} missing.",
    "orders.order.payment_reminded.v1": lambda d: f"The buyer is reminded of {_amount(d['missing'])}.",
    "orders.order.secured.v1": lambda d: "The whole amount is in escrow; the sellers may ship.",
    "orders.order.expiring.v1": lambda d: "The hold is over; payments is asked whether the money came.",
    "orders.order.auto_cancelled.v1": lambda d: "Not paid in time: the order is cancelled.",
    "orders.order.cancelled.v1": lambda d: f"The order is cancelled by the {_words(d['by'])}.",
    "orders.order.cancelled_exception.v1": lambda d: "Nothing of the paid order is delivered: its money goes back.",
    "orders.seller_order.opened.v1": lambda d: (
        f"Seller order {d['number']} opened for {_amount(d['totals']['gross'])}."
    ),
    "orders.seller_order.acceptance_awaited.v1": lambda d: f"The seller has to accept until {_day(d['accept_by'])}.",
    "orders.seller_order.ready_to_ship.v1": lambda d: (
        f"Seller order {d['number']} is to be shipped until {_day(d['ship_by'])}."
    ),
    "orders.seller_order.vat_cleared.v1": lambda d: "The buyer's VAT number is cleared for shipping.",
    "orders.seller_order.cancellation_asked.v1": lambda d: (
        f"The buyer of {d['number']} wants to cancel it; the seller answers until {_day(d['answer_by'])}."
    ),
    "orders.seller_order.cancellation_declined.v1": lambda d: (
        f"{d['number']} is delivered although its buyer wanted to cancel it: {_words(d['reason'])}."
    ),
    "orders.seller_order.delay_announced.v1": lambda d: (
        f"The seller of {d['number']} tells of a delay until {d['expected_on']}: {_words(d['reason'])}."
    ),
    "orders.seller_order.late.v1": lambda d: f"{d['number']} is late: it should have left by {_day(d['ship_by'])}.",
    "orders.seller_order.cancelled.v1": lambda d: f"Seller order cancelled: {_words(d['reason'])}.",
    "orders.shipment.dispatched.v1": lambda d: f"Parcel {d['tracking_number']} left with {d['carrier']}.",
    "orders.shipment.delivered.v1": lambda d: "A parcel was delivered.",
    "orders.seller_order.address_change_asked.v1": lambda d: (
        f"The seller is asked for another address until {_day(d['answer_by'])}."
    ),
    "orders.seller_order.address_changed.v1": lambda d: "A part of an order goes to another address.",
    "orders.seller_order.address_change_refused.v1": lambda d: f"Another address is not used: {_words(d['reason'])}.",
    "orders.shipment.delivery_failed.v1": lambda d: f"A parcel could not be delivered: {_words(d['reason'])}.",
    "orders.shipment.redelivery_asked.v1": lambda d: "The buyer asks for another delivery.",
    "orders.shipment.delivery_resumed.v1": lambda d: "A parcel is on its way again.",
    "orders.shipment.returned.v1": lambda d: "A parcel went back to its sender; the money goes back too.",
    "orders.shipment.lost.v1": lambda d: f"A parcel is lost: {_words(d['reason'])}. The money goes back.",
    "payments.payment.opened.v1": lambda d: f"{_amount(d['amount_due'])} due for order {d['reference']}.",
    "payments.payment.partially_paid.v1": lambda d: (
        f"{_amount(d['received'])} of a payment is there, {_amount(d['missing'])} missing."
    ),
    "payments.payment.secured.v1": lambda d: f"{_amount(d['amount'])} secured by {_words(d['method'])}.",
    "payments.payment.not_paid.v1": lambda d: "The payment is closed: definitely not paid.",
    "payments.payment.closed.v1": lambda d: f"The payment is closed: {_words(d['reason'])}.",
    "payments.bank_line.received.v1": lambda d: f"{_amount(d['amount'])} came in by bank transfer.",
    "payments.bank_line.allocated.v1": _allocated,
    "payments.ledger.posted.v1": _posted,
    "payments.invoice.issued.v1": lambda d: (
        f"{'Invoice' if d['kind'] == '380' else 'Credit note'} {d['number']} issued over {_amount(d['totals']['gross'])}."
    ),
    "payments.contest.opened.v1": lambda d: (
        f"Document {d['number']} is contested by its seller: {_words(d['reason'])}."
    ),
    "payments.contest.upheld.v1": lambda d: "A contested invoice is replaced by a credit note and a new one.",
    "payments.contest.dismissed.v1": lambda d: f"Document {d['number']} stays as it is: {_words(d['reason'])}.",
    "payments.settlement.pending.v1": lambda d: (
        f"{_amount(d['amount'])} is the seller's once the claim window is over."
    ),
    "payments.settlement.released.v1": lambda d: f"{_amount(d['amount'])} released to the seller.",
    "payments.settlement.paid_out.v1": lambda d: "A seller order is in a payout.",
    "payments.payout.created.v1": lambda d: (
        f"Payout of {_amount(d['amount'])} for {_count(d['seller_order_ids'], 'seller order')}."
    ),
    "payments.payout.settled.v1": lambda d: f"Payout of {_amount(d['amount'])} reached the seller's bank.",
    "payments.payout.failed.v1": lambda d: f"Payout failed: {_words(d['reason'])}.",
    "payments.refund.created.v1": lambda d: f"Refund of {_amount(d['amount'])} owed: {_words(d['cause'])}.",
    "payments.refund.settled.v1": lambda d: f"Refund of {_amount(d['amount'])} reached the buyer.",
    "payments.refund.failed.v1": lambda d: f"Refund failed: {_words(d['reason'])}.",
    "aftersales.coverage.opened.v1": lambda d: (
        f"Delivered goods may be complained about until {_day(d['claim_until'])}."
    ),
    "aftersales.coverage.claim_window_closed.v1": lambda d: "The claim window is over.",
    "gateway.delivery.prepared.v1": lambda d: f"Mail to write: {_words(d['template'])}.",
    "gateway.delivery.sent.v1": lambda d: f"Mail sent: {_words(d['template'])}.",
    "gateway.delivery.failed.v1": lambda d: f"Mail not sent: {_words(d['template'])}, {_words(d['reason'])}.",
}


def _in_market(data: Data) -> str:
    return f" in {data['market']}" if data.get("market") else ""
