"""Every refusal of the simulated world, by name."""

from chassis.kernel.errors import DomainError, Invalid, NotFound, WrongState


class NoSuchUser(NotFound):
    code = "user_not_found"
    title = "The payment provider knows no user with this id"


class NoSuchWallet(NotFound):
    code = "wallet_not_found"
    title = "The payment provider knows no wallet with this id"


class NoSuchCredit(NotFound):
    code = "credit_not_found"
    title = "The payment provider knows no bank credit with this id"


class NoSuchPayout(NotFound):
    code = "payout_not_found"
    title = "The payment provider knows no pay-out with this id"


class NoSuchRefund(NotFound):
    code = "refund_not_found"
    title = "The payment provider knows no refund with this id"


class NoSuchCardPayment(NotFound):
    code = "card_payment_not_found"
    title = "The payment provider knows no card payment with this id"


class NoSuchCapture(NotFound):
    code = "capture_not_found"
    title = "The payment provider knows no capture with this id"


class UnknownIban(NotFound):
    code = "iban_unknown"
    title = "No account has this IBAN"


class NoSuchParcel(NotFound):
    code = "parcel_not_found"
    title = "No carrier has reported this tracking number"


class NoSuchMail(NotFound):
    code = "mail_not_found"
    title = "The mailbox holds no such message or attachment"


class InsufficientFunds(WrongState):
    code = "insufficient_funds"
    title = "The wallet does not hold this much"


class RefundExceedsCredit(WrongState):
    code = "refund_exceeds_credit"
    title = "The refunds of a bank credit cannot be more than the credit"


class RefundExceedsCapture(WrongState):
    code = "refund_exceeds_capture"
    title = "The refunds of a card capture cannot be more than the capture"


class CaptureExceedsAuthorisation(WrongState):
    code = "capture_exceeds_authorisation"
    title = "The captures of a card payment cannot be more than its authorisation"


class CardMoveRefused(WrongState):
    code = "card_move_refused"
    title = "The card payment's state does not allow this"


class CardUnknown(Invalid):
    code = "card_unknown"
    title = "The sandbox knows only the cards on this page"


class ClockMovesOnlyForward(WrongState):
    code = "clock_moves_only_forward"
    title = "The sandbox clock moves only forward"


class WalletCurrencyDiffers(Invalid):
    code = "currency_mismatch"
    title = "The wallet holds another currency"


class SameWallet(Invalid):
    code = "same_wallet"
    title = "A transfer needs two different wallets"


class IbanInvalid(Invalid):
    code = "iban_invalid"
    title = "This is not a valid IBAN"


class CountryWithoutIbans(Invalid):
    code = "country_without_ibans"
    title = "The payment provider opens no accounts in this country"


class FaultDoesNotFit(Invalid):
    code = "fault_does_not_fit"
    title = "This fault cannot happen at this place"


class IdempotencyKeyMissing(DomainError):
    code = "idempotency_key_missing"
    title = "Every POST to the payment provider needs an Idempotency-Key header"


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"


class ApiKeyWrong(DomainError):
    code = "api_key_wrong"
    title = "The payment provider does not accept this API key"


class FaultInjected(DomainError):
    """The error a tester asked for; nothing was done."""

    code = "fault_injected"
    title = "The sandbox was told to fail here"


class AnswerWithheld(DomainError):
    """Nobody should see this: the client had given up, or the longest wait is over."""

    code = "answer_withheld"
    title = "The sandbox was told not to answer here"


class FormInvalid(Invalid):
    code = "form_invalid"
    title = "The form is not filled in correctly"
