"""One attempt to pay an order by card: asked for, authenticated at the provider, authorised, captured in whole or in parts."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.errors import CardMoveRefused
from payments.domain.events import (
    CardAuthenticationRequired,
    CardAuthorised,
    CardCaptured,
    CardCaptureFailed,
    CardExpired,
    CardFailed,
    CardStarted,
    CardVoided,
)
from payments.domain.payment import Payment

CaptureMoment = Literal["at_once", "at_dispatch"]


class CardState(StrEnum):
    CREATED = "created"
    REQUIRES_3DS = "requires_3ds"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    VOIDED = "voided"
    EXPIRED = "expired"


_S = CardState
MOVES: StateTable[CardState] = StateTable(
    {
        ("require_3ds", _S.CREATED): _S.REQUIRES_3DS,
        # The provider's message may overtake the answer to our own call.
        ("authorise", _S.CREATED): _S.AUTHORISED,
        ("authorise", _S.REQUIRES_3DS): _S.AUTHORISED,
        ("capture", _S.AUTHORISED): _S.CAPTURED,
        ("capture", _S.CAPTURED): _S.CAPTURED,
        # What could not be captured leaves the rest as it was; a lapsed authorisation can only say no.
        ("fail_capture", _S.AUTHORISED): _S.AUTHORISED,
        ("fail_capture", _S.CAPTURED): _S.CAPTURED,
        ("fail_capture", _S.EXPIRED): _S.EXPIRED,
        ("fail_capture", _S.VOIDED): _S.VOIDED,
        ("fail", _S.CREATED): _S.FAILED,
        ("fail", _S.REQUIRES_3DS): _S.FAILED,
        ("void", _S.AUTHORISED): _S.VOIDED,
        ("expire", _S.AUTHORISED): _S.EXPIRED,
    },
    CardMoveRefused,
)
OPEN = (_S.CREATED, _S.REQUIRES_3DS, _S.AUTHORISED)
UNDECIDED = (_S.CREATED, _S.REQUIRES_3DS)


@dataclass(frozen=True)
class CardPayment:
    """`id` is the reference of every call about it: it is stored before the first one.

    `stands_for` is what of `amount` the order still needed when the issuer said yes, `captured` what was captured so far.
    `expires_at` is until when the buyer may authenticate, `valid_until` until when it may be captured.
    """

    id: Id
    version: int
    payment_id: Id
    order_id: Id
    buyer_id: Id
    number: str
    attempt: int
    state: CardState
    amount: Money
    stands_for: Money
    captured: Money
    capture_moment: CaptureMoment
    wallet_id: str
    created_at: datetime
    expires_at: datetime
    provider_id: str | None = None
    hosted_page: str | None = None
    valid_until: datetime | None = None
    failure_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """It may still bring money."""
        return self.state in OPEN

    def require_3ds(self, provider_id: str, hosted_page: str) -> tuple["CardPayment", CardAuthenticationRequired]:
        """The provider's page waits for the buyer."""
        moved = replace(self._moved("require_3ds"), provider_id=provider_id, hosted_page=hosted_page)
        event = CardAuthenticationRequired(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            payment_id=self.payment_id,
            expires_at=self.expires_at,
        )
        return moved, event

    def authorise(self, provider_id: str, valid_until: datetime | None) -> tuple["CardPayment", CardAuthorised]:
        """The issuer said yes: the amount is reserved, nothing has moved (P1)."""
        moved = replace(self._moved("authorise"), provider_id=provider_id, valid_until=valid_until)
        event = CardAuthorised(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            payment_id=self.payment_id,
            amount=self.amount,
            valid_until=valid_until,
        )
        return moved, event

    def record_capture(self, capture: "CardCapture") -> tuple["CardPayment", CardCaptured]:
        """Money was taken from the card. More than was authorised is a mistake of the provider or of ours."""
        captured = self.captured + capture.amount
        assert captured <= self.amount, "captures stay within the authorisation"
        moved = replace(self._moved("capture"), captured=captured)
        event = CardCaptured(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            payment_id=self.payment_id,
            seller_order_id=capture.seller_order_id,
            shipment_id=capture.shipment_id,
            amount=capture.amount,
        )
        return moved, event

    def fail_capture(
        self, seller_order_id: Id, shipment_id: Id, reason: str
    ) -> tuple["CardPayment", CardCaptureFailed]:
        """The shipment that asked for it must not leave."""
        moved = self._moved("fail_capture")
        event = CardCaptureFailed(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            payment_id=self.payment_id,
            seller_order_id=seller_order_id,
            shipment_id=shipment_id,
            reason=reason,
        )
        return moved, event

    def fail(self, reason: str) -> tuple["CardPayment", CardFailed]:
        """This attempt brings nothing."""
        moved = replace(self._moved("fail"), failure_reason=reason)
        event = CardFailed(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            payment_id=self.payment_id,
            reason=reason,
        )
        return moved, event

    def void(self) -> tuple["CardPayment", CardVoided]:
        """The reservation on the card is gone, because the order was paid otherwise or is no longer wanted."""
        moved = self._moved("void")
        event = CardVoided(aggregate_id=self.id, seq=moved.version, order_id=self.order_id, payment_id=self.payment_id)
        return moved, event

    def expire(self) -> tuple["CardPayment", CardExpired]:
        """The reservation lapsed before anything was captured."""
        moved = self._moved("expire")
        event = CardExpired(aggregate_id=self.id, seq=moved.version, order_id=self.order_id, payment_id=self.payment_id)
        return moved, event

    def _moved(self, move: str) -> "CardPayment":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))


class CaptureState(StrEnum):
    """`wanted` is stored before the provider is asked; `settled` once the money lies in the wallet."""

    WANTED = "wanted"
    CAPTURED = "captured"
    FAILED = "failed"
    SETTLED = "settled"


@dataclass(frozen=True)
class CardCapture:
    """One capture: of everything at once, or of one seller's part when it leaves. `id` is also its reference.

    `applied` is what of it stayed on the order; the rest went back at once.
    """

    id: Id
    card_payment_id: Id
    order_id: Id
    buyer_id: Id
    wallet_id: str
    amount: Money
    applied: Money
    state: CaptureState
    wanted_at: datetime
    seller_order_id: Id | None = None
    shipment_id: Id | None = None
    provider_id: str | None = None
    failure_reason: str | None = None


def start_card_payment(
    payment: Payment, attempt: int, amount: Money, moment: CaptureMoment, wallet_id: str, at: datetime, until: datetime
) -> tuple[CardPayment, CardStarted]:
    """The first attempt has number 1; the id follows from the number, so two clicks at once are one attempt."""
    card = CardPayment(
        id=derived_id(payment.id, f"card/{attempt}"),
        version=1,
        payment_id=payment.id,
        order_id=payment.order.order_id,
        buyer_id=payment.order.buyer_id,
        number=payment.order.number,
        attempt=attempt,
        state=CardState.CREATED,
        amount=amount,
        stands_for=amount,
        captured=Money(0, amount.currency),
        capture_moment=moment,
        wallet_id=wallet_id,
        created_at=at,
        expires_at=until,
    )
    event = CardStarted(aggregate_id=card.id, seq=1, order_id=card.order_id, payment_id=card.payment_id, amount=amount)
    return card, event


def whole_capture(card: CardPayment, at: datetime) -> CardCapture:
    """The provider captures everything right after the authorisation, under the reference of the payment itself."""
    return CardCapture(
        id=card.id,
        card_payment_id=card.id,
        order_id=card.order_id,
        buyer_id=card.buyer_id,
        wallet_id=card.wallet_id,
        amount=card.amount,
        applied=Money(0, card.amount.currency),
        state=CaptureState.WANTED,
        wanted_at=at,
    )


def capture_for_shipment(
    card: CardPayment, seller_order_id: Id, shipment_id: Id, amount: Money, at: datetime
) -> CardCapture:
    """One seller's part, when it leaves; its id follows from the shipment's."""
    return CardCapture(
        id=derived_id(card.id, f"shipment/{shipment_id}"),
        card_payment_id=card.id,
        order_id=card.order_id,
        buyer_id=card.buyer_id,
        wallet_id=card.wallet_id,
        amount=amount,
        applied=Money(0, amount.currency),
        state=CaptureState.WANTED,
        wanted_at=at,
        seller_order_id=seller_order_id,
        shipment_id=shipment_id,
    )
