"""The ledger rules P2 to P13, one function each: what a fact of the business does to the books."""

from collections.abc import Sequence

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain import accounts
from payments.domain.accounts import (
    MKT_CASH,
    MKT_COMMISSION,
    MKT_PSP_FEE_PAYABLE,
    MKT_PSP_FEES,
    MKT_VAT_OUT,
    PSP_CARD,
    PSP_CASH,
    Account,
)
from payments.domain.journal import Entry, JournalKind, credit, debit


def captured(order_id: Id, amount: Money) -> Entry:
    """P2: a card payment was captured and waits for the provider's settlement."""
    postings = (debit(PSP_CARD, amount), credit(accounts.escrow_of(order_id), amount))
    return Entry(JournalKind.CAPTURED, postings, order_id)


def card_settled(order_id: Id, amount: Money) -> Entry:
    """P2: the provider settled the captured amount."""
    return Entry(JournalKind.CARD_SETTLED, (debit(PSP_CASH, amount), credit(PSP_CARD, amount)), order_id)


def transfer_received(buyer_id: Id, amount: Money) -> Entry:
    """P3: money came in on the buyer's virtual account and belongs to no order yet."""
    return Entry(
        JournalKind.TRANSFER_RECEIVED, (debit(PSP_CASH, amount), credit(accounts.unapplied_of(buyer_id), amount))
    )


def transfer_matched(buyer_id: Id, order_id: Id, amount: Money) -> Entry:
    """P3: money of the buyer was matched to an order."""
    postings = (debit(accounts.unapplied_of(buyer_id), amount), credit(accounts.escrow_of(order_id), amount))
    return Entry(JournalKind.TRANSFER_MATCHED, postings, order_id)


def shipped(order_id: Id, seller_order_id: Id, invoice_total: Money) -> Entry:
    """P4: goods left; the invoice's total (BT-112) is the seller's, pending its claim window."""
    postings = (
        debit(accounts.escrow_of(order_id), invoice_total),
        credit(accounts.pending_of(seller_order_id), invoice_total),
    )
    return Entry(JournalKind.SHIPPED, postings, order_id, seller_order_id)


def commission(order_id: Id, seller_order_id: Id, net: Money, vat: Money) -> Entry:
    """P5: the platform's commission and its VAT are taken from what is pending."""
    vat_posting = (credit(MKT_VAT_OUT, vat),) if vat.minor else ()
    postings = (debit(accounts.pending_of(seller_order_id), net + vat), credit(MKT_COMMISSION, net), *vat_posting)
    return Entry(JournalKind.COMMISSION, postings, order_id, seller_order_id)


def released(order_id: Id, seller_order_id: Id, seller_id: Id, amount: Money) -> Entry:
    """P6: the claim window is over; the amount may be paid out."""
    postings = (debit(accounts.pending_of(seller_order_id), amount), credit(accounts.available_of(seller_id), amount))
    return Entry(JournalKind.RELEASED, postings, order_id, seller_order_id)


def paid_out(seller_id: Id, amount: Money) -> Entry:
    """P7: a payout reached the seller's bank."""
    return Entry(JournalKind.PAID_OUT, (debit(accounts.available_of(seller_id), amount), credit(PSP_CASH, amount)))


def commission_swept(amount: Money) -> Entry:
    """P7: commission and its VAT left escrow for the platform's own account."""
    return Entry(JournalKind.COMMISSION_SWEPT, (debit(MKT_CASH, amount), credit(PSP_CASH, amount)))


def refund_of_order(order_id: Id, refund_id: Id, amount: Money) -> Entry:
    """P8: money of an order that will not be shipped is owed back."""
    postings = (debit(accounts.escrow_of(order_id), amount), credit(accounts.payable_of(refund_id), amount))
    return Entry(JournalKind.REFUND_OF_ORDER, postings, order_id)


def refund_of_unapplied(buyer_id: Id, refund_id: Id, amount: Money) -> Entry:
    """P8: money that belongs to no order is owed back."""
    postings = (debit(accounts.unapplied_of(buyer_id), amount), credit(accounts.payable_of(refund_id), amount))
    return Entry(JournalKind.REFUND_OF_UNAPPLIED, postings)


def refund_paid(refund_id: Id, amount: Money, order_id: Id | None) -> Entry:
    """P8: a refund reached the buyer's bank."""
    return Entry(
        JournalKind.REFUND_PAID, (debit(accounts.payable_of(refund_id), amount), credit(PSP_CASH, amount)), order_id
    )


def credited(order_id: Id, seller_order_id: Id, seller: Account, refund_id: Id, amount: Money) -> Entry:
    """P9: goods came back; a credit note's amount is taken from the seller and owed to the buyer.

    `seller` is what still waits for its claim window (`pending_of`), or what was released (`available_of`).
    """
    postings = (debit(seller, amount), credit(accounts.payable_of(refund_id), amount))
    return Entry(JournalKind.CREDITED, postings, order_id, seller_order_id)


def commission_reversed(order_id: Id, seller_order_id: Id, seller: Account, net: Money, vat: Money) -> Entry:
    """P9: the commission on what was credited goes back to the seller, with its VAT."""
    vat_posting = (debit(MKT_VAT_OUT, vat),) if vat.minor else ()
    postings = (debit(MKT_COMMISSION, net), *vat_posting, credit(seller, net + vat))
    return Entry(JournalKind.COMMISSION_REVERSED, postings, order_id, seller_order_id)


def commission_swept_back(order_id: Id, seller_order_id: Id, amount: Money) -> Entry:
    """P7 backwards: commission that was swept returns to escrow, because its reversal needs it."""
    postings = (debit(PSP_CASH, amount), credit(MKT_CASH, amount))
    return Entry(JournalKind.COMMISSION_SWEPT_BACK, postings, order_id, seller_order_id)


def fee_set_off(order_id: Id, refund_id: Id, seller_id: Id, fee: Money) -> Entry:
    """P10: a fee that the buyer owes the seller, VAT included, is kept from a refund. It has an invoice of its own."""
    postings = (debit(accounts.payable_of(refund_id), fee), credit(accounts.available_of(seller_id), fee))
    return Entry(JournalKind.FEE_SET_OFF, postings, order_id)


def advanced(order_id: Id, seller_order_id: Id, seller_id: Id, amount: Money) -> Entry:
    """P13: the platform puts its own money where a seller's is missing, and the seller owes it to the platform."""
    postings = (
        debit(PSP_CASH, amount),
        credit(MKT_CASH, amount),
        debit(accounts.receivable_of(seller_id), amount),
        credit(accounts.available_of(seller_id), amount),
    )
    return Entry(JournalKind.ADVANCED, postings, order_id, seller_order_id)


def advance_recovered(seller_id: Id, amount: Money) -> Entry:
    """P13 backwards: a later sale of the seller pays back what the platform advanced."""
    postings = (
        debit(accounts.available_of(seller_id), amount),
        credit(accounts.receivable_of(seller_id), amount),
        debit(MKT_CASH, amount),
        credit(PSP_CASH, amount),
    )
    return Entry(JournalKind.ADVANCE_RECOVERED, postings)


def psp_fee(fee: Money) -> Entry:
    """P12: what the provider charges is the platform's expense, and never taken out of escrow."""
    return Entry(JournalKind.PSP_FEE, (debit(MKT_PSP_FEES, fee), credit(MKT_PSP_FEE_PAYABLE, fee)))


def total(amounts: Sequence[Money]) -> Money:
    """The sum of at least one amount."""
    first, *rest = amounts
    for amount in rest:
        first = first + amount
    return first
