"""Every refusal of payments by name."""

from chassis.kernel.errors import Forbidden, Invalid, NotFound, Unavailable, WrongState


class AccountWouldBeOverdrawn(WrongState):
    """No one is paid with another's money: the database refuses it too."""

    code = "account_would_be_overdrawn"
    title = "There is not enough money on this account"


class NoSuchPayment(NotFound):
    code = "payment_not_found"
    title = "There is no such payment"


class NoSuchBankLine(NotFound):
    code = "bank_line_not_found"
    title = "There is no such bank line"


class NoSuchRefund(NotFound):
    code = "refund_not_found"
    title = "There is no such refund"


class NoSuchInvoice(NotFound):
    code = "invoice_not_found"
    title = "There is no such invoice"


class NoSuchSettlement(NotFound):
    code = "settlement_not_found"
    title = "Nothing was earned with this seller order yet"


class NoSuchPayout(NotFound):
    code = "payout_not_found"
    title = "There is no such payout"


class NoSuchPspAccount(NotFound):
    code = "psp_account_not_found"
    title = "The company has no account at the payment provider"


class NoSuchShipment(NotFound):
    code = "shipment_not_found"
    title = "There is no such shipment"


class NoSuchCardPayment(NotFound):
    code = "card_payment_not_found"
    title = "There is no such card payment"


class CardLinkUnknown(NotFound):
    code = "card_link_unknown"
    title = "This payment link leads nowhere"


class CardNotAccepted(WrongState):
    code = "card_not_accepted"
    title = "Orders of this market are not paid by card"


class PaymentNotOpen(WrongState):
    """Paid already, or no longer wanted: nothing is to be paid."""

    code = "payment_not_open"
    title = "Nothing is to be paid for this order"


class CardMoveRefused(WrongState):
    code = "card_move_refused"
    title = "The card payment's state does not allow this"


class InvoiceNotStored(WrongState):
    """The number is taken, but the document is not there yet (or blocked)."""

    code = "invoice_not_stored"
    title = "The invoice is not ready yet"


class InvoiceRefused(Invalid):
    """The typesetter's checks found something that must not leave the house; `reason` is its stable code."""

    code = "invoice_refused"
    title = "The invoice must not be issued as it stands"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class PaymentMoveRefused(WrongState):
    code = "payment_move_refused"
    title = "The payment's state does not allow this"


class RefundMoveRefused(WrongState):
    code = "refund_move_refused"
    title = "The refund's state does not allow this"


class RefundExceedsPayment(WrongState):
    """More would go back than came in for the order."""

    code = "refund_exceeds_payment"
    title = "More would be refunded than was paid"


class CorrectionNotPossible(WrongState):
    """What finance wants to move by hand cannot be moved so, or not any more."""

    code = "correction_not_possible"
    title = "This correction cannot be made"


class NoSuchReversal(NotFound):
    code = "reversal_not_found"
    title = "There is no such credit note"


class ReversalMoveRefused(WrongState):
    code = "reversal_move_refused"
    title = "What the credit note takes back has its money already"


class InvoiceMoveRefused(WrongState):
    code = "invoice_move_refused"
    title = "The invoice's state does not allow this"


class SettlementMoveRefused(WrongState):
    code = "settlement_move_refused"
    title = "The settlement's state does not allow this"


class PayoutMoveRefused(WrongState):
    code = "payout_move_refused"
    title = "The payout's state does not allow this"


class WebhookForged(Forbidden):
    code = "webhook_signature_invalid"
    title = "The message is not signed by the payment provider, or is too old"


class WebhookUnreadable(Invalid):
    code = "webhook_unreadable"
    title = "The message is signed, but not one that we understand"


class PartyNotKnownYet(Unavailable):
    code = "party_not_known_yet"
    title = "The company's data has not arrived yet"


class FactsNotKnownYet(Unavailable):
    """A fact of another service is on its way; who needs it tries again."""

    code = "facts_not_known_yet"
    title = "A fact that is needed has not arrived yet"


class ProviderUnavailable(Unavailable):
    """A timeout or a 5xx: what happened is unknown, so the same call is made again with the same key."""

    code = "payment_provider_unavailable"
    title = "The payment provider does not answer at the moment"


class ServiceUnavailable(Unavailable):
    code = "service_unavailable"
    title = "Another service does not answer at the moment"


class ProviderRefused(WrongState):
    """A definite no of the payment provider (4xx)."""

    code = "payment_provider_refused"
    title = "The payment provider refused"
