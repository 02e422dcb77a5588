"""Card payments at the provider: hosted page, 3-D Secure always, then captures that settle on the next business day."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from chassis.kernel.calendar import calendar
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from sandbox.domain.errors import CaptureExceedsAuthorisation, CardMoveRefused, RefundExceedsCapture
from sandbox.domain.moves import check_currency

CaptureMode = Literal["automatic", "manual"]
CaptureStatus = Literal["captured", "settled", "failed"]

# What card schemes allow between the authorisation and the last capture.
AUTHORISATION_VALID = timedelta(days=7)
CODES_MAX = 3


class CardStatus(StrEnum):
    """`settled`: nothing more can be captured, and all that was captured has arrived."""

    CREATED = "created"
    REQUIRES_3DS = "requires_3ds"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    VOIDED = "voided"


_S = CardStatus
MOVES: StateTable[CardStatus] = StateTable(
    {
        ("challenge", _S.CREATED): _S.REQUIRES_3DS,
        ("challenge", _S.REQUIRES_3DS): _S.REQUIRES_3DS,
        ("authorise", _S.REQUIRES_3DS): _S.AUTHORISED,
        ("fail", _S.REQUIRES_3DS): _S.FAILED,
        ("cancel", _S.CREATED): _S.CANCELLED,
        ("cancel", _S.REQUIRES_3DS): _S.CANCELLED,
        ("expire", _S.CREATED): _S.EXPIRED,
        ("expire", _S.REQUIRES_3DS): _S.EXPIRED,
        ("expire", _S.AUTHORISED): _S.EXPIRED,
        ("capture", _S.AUTHORISED): _S.CAPTURED,
        ("capture", _S.CAPTURED): _S.CAPTURED,
        ("settle", _S.CAPTURED): _S.SETTLED,
        ("void", _S.AUTHORISED): _S.VOIDED,
    },
    CardMoveRefused,
)
_UNDECIDED = (_S.CREATED, _S.REQUIRES_3DS)


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A number the hosted page knows, and what happens with it; `behaviour` None = the payment succeeds."""

    number: str
    about: str
    behaviour: Literal["declined", "insufficient_funds", "authentication_failed", "abandoned"] | None


KNOWN_CARDS = (
    KnownCard("4242424242424242", "3-D Secure, then authorised", None),
    KnownCard("4000000000000002", "3-D Secure, then declined by the issuer", "declined"),
    KnownCard("4000000000009995", "3-D Secure, then not enough money on the account", "insufficient_funds"),
    KnownCard("4000008400001280", "3-D Secure fails, whatever code is entered", "authentication_failed"),
    KnownCard("4000008260003178", "3-D Secure never comes to an end: the challenge cannot be answered", "abandoned"),
)


@dataclass(frozen=True, slots=True)
class CardPayment:
    """`expires_at`: until when the buyer may authenticate; `authorised_until`: until when it may be captured."""

    id: str
    reference: str
    wallet_id: str
    amount: Money
    description: str
    return_url: str
    capture: CaptureMode
    status: CardStatus
    failure_reason: str | None
    captured: Money
    behaviour: str | None
    code: str
    codes_tried: int
    created_at: datetime
    expires_at: datetime
    authorised_until: datetime | None

    @property
    def capturable(self) -> Money:
        """What may still be captured; nothing once the authorisation is gone."""
        held = self.authorised_until is not None and self.status in (_S.AUTHORISED, _S.CAPTURED)
        return self.amount - self.captured if held else Money(0, self.amount.currency)

    @property
    def is_decided(self) -> bool:
        """The buyer's part is over, whatever came of it."""
        return self.status not in _UNDECIDED

    def challenge(self, card: KnownCard) -> "CardPayment":
        """The buyer entered a card, once or again: its bank asks for the code."""
        return replace(self._moved("challenge"), behaviour=card.behaviour, codes_tried=0)

    def answer(self, code: str, now: datetime) -> "CardPayment":
        """The buyer entered a code: authorised or failed; unchanged while a wrong code may be tried again."""
        if self.status != _S.REQUIRES_3DS or self.behaviour == "abandoned":
            raise CardMoveRefused(f"The payment is {self.status}.", payment_status=self.status)
        if self.behaviour == "authentication_failed":
            return self._failed("authentication_failed")
        if code != self.code:
            tried = replace(self, codes_tried=self.codes_tried + 1)
            return tried._failed("authentication_failed") if tried.codes_tried >= CODES_MAX else tried
        if self.behaviour is not None:
            return self._failed(self.behaviour)
        return replace(self._moved("authorise"), authorised_until=now + AUTHORISATION_VALID)

    def take(self, amount: Money) -> "CardPayment":
        """Capture a part. Raises CaptureExceedsAuthorisation, WalletCurrencyDiffers."""
        check_currency(amount, self.amount.currency)
        left = self.capturable
        if left < amount:
            raise CaptureExceedsAuthorisation(
                f"{left.minor} of {self.amount.minor} can still be captured.",
                left_minor=left.minor,
                payment_status=self.status,
            )
        return replace(self._moved("capture"), captured=self.captured + amount)

    def cancel(self) -> "CardPayment":
        """Before the buyer is done: nothing will happen any more. Afterwards the answer is how it stands."""
        return self if self.is_decided else self._moved("cancel")

    def void(self) -> "CardPayment":
        """Release what is not captured. An authorisation with captures keeps them and gives up the rest."""
        if self.status == _S.AUTHORISED:
            return replace(self._moved("void"), authorised_until=None)
        return replace(self, authorised_until=None) if self.status == _S.CAPTURED else self

    def expire(self) -> "CardPayment":
        """The buyer never finished, or the authorisation lapsed."""
        if self.status == _S.CAPTURED:
            return replace(self, authorised_until=None)
        return replace(self._moved("expire"), authorised_until=None)

    def settle(self) -> "CardPayment":
        """All captures have arrived."""
        return self._moved("settle")

    def _failed(self, reason: str) -> "CardPayment":
        return replace(self._moved("fail"), failure_reason=reason)

    def _moved(self, move: str) -> "CardPayment":
        return replace(self, status=MOVES.after(move, self.status))


@dataclass(frozen=True, slots=True)
class CardCapture:
    """Money taken from the card; it reaches the wallet at `settle_at` (business time), sooner if a refund needs it."""

    id: str
    card_payment_id: str
    reference: str
    wallet_id: str
    amount: Money
    refunded: Money
    status: CaptureStatus
    failure_reason: str | None
    created_at: datetime
    settle_at: datetime


def settlement_of(captured_at: datetime) -> datetime:
    """Card schemes settle with the banks: one day on which TARGET is open later."""
    return calendar("TARGET").same_time_after(captured_at, 1)


def check_capture_refundable(capture: CardCapture, amount: Money) -> None:
    """The sum of a capture's refunds that did not fail stays within the capture."""
    check_currency(amount, capture.amount.currency)
    left = capture.amount - capture.refunded
    if capture.status == "failed" or left < amount:
        raise RefundExceedsCapture(
            f"{left.minor} of {capture.amount.minor} can still be sent back.", left_minor=left.minor
        )
