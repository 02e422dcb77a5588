"""The payment of one order: opened with the hold, secured by money, closed by a deadline or a cancellation."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.errors import PaymentMoveRefused
from payments.domain.events import PaymentClosed, PaymentNotPaid, PaymentOpened, PaymentPartiallyPaid, PaymentSecured
from payments.domain.matching import Candidate


class PaymentState(StrEnum):
    OPENED = "opened"
    PARTIALLY_PAID = "partially_paid"
    SECURED = "secured"
    CLOSED = "closed"


_S = PaymentState
MOVES: StateTable[PaymentState] = StateTable(
    {
        ("receive_part", _S.OPENED): _S.PARTIALLY_PAID,
        ("receive_part", _S.PARTIALLY_PAID): _S.PARTIALLY_PAID,
        ("secure", _S.OPENED): _S.SECURED,
        ("secure", _S.PARTIALLY_PAID): _S.SECURED,
        ("expire", _S.OPENED): _S.CLOSED,
        ("expire", _S.PARTIALLY_PAID): _S.CLOSED,
        ("cancel", _S.OPENED): _S.CLOSED,
        ("cancel", _S.PARTIALLY_PAID): _S.CLOSED,
        # The wire and the cancellation crossed: orders said no first, so all of it goes back.
        ("cancel", _S.SECURED): _S.CLOSED,
    },
    PaymentMoveRefused,
)


@dataclass(frozen=True, slots=True)
class VirtualAccount:
    """Where the buyer pays to; money that arrives there is the buyer's."""

    iban: str
    bic: str
    holder_name: str


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """What `orders` said when the goods were held: who owes how much, and under which number and rules."""

    order_id: Id
    number: str
    buyer_id: Id
    market: str
    policy_version: str
    amount: Money


Method = Literal["bank_transfer", "card"]
# `at_dispatch`: an authorised card stands for the money until each seller's part leaves.
Capture = Literal["done", "at_dispatch"]


@dataclass(frozen=True)
class Payment:
    """`received` is what was put on the order so far, by money or by an authorised card; it never exceeds `due`.

    `card_token` makes the payment link; None where cards are not taken.
    """

    id: Id
    version: int
    order: HeldOrder
    state: PaymentState
    received: Money
    account: VirtualAccount | None
    opened_at: datetime
    secured_at: datetime | None = None
    closed_at: datetime | None = None
    closed_reason: str | None = None
    card_token: str | None = None
    method: Method | None = None
    capture: Capture | None = None

    @property
    def is_open(self) -> bool:
        """Money is still missing and still wanted."""
        return self.state in (PaymentState.OPENED, PaymentState.PARTIALLY_PAID)

    @property
    def due(self) -> Money:
        """The order's total."""
        return self.order.amount

    @property
    def missing(self) -> Money:
        """What is still to come."""
        return self.due - self.received

    def candidate(self) -> Candidate:
        """How the matching sees it."""
        return Candidate(
            self.order.order_id,
            self.order.number,
            self.due.currency,
            self.missing.minor,
            self.state == PaymentState.CLOSED,
        )

    def receive(
        self, amount: Money, at: datetime, method: Method = "bank_transfer", capture: Capture = "done"
    ) -> tuple["Payment", PaymentPartiallyPaid | PaymentSecured]:
        """Put money on the order; with the last missing cent it is secured. More than is missing is a mistake of ours.

        `method` and `capture` are those of what came last.
        """
        assert 0 < amount.minor <= self.missing.minor, "the matching never puts more on an order than is missing"
        received = self.received + amount
        complete = received == self.due
        moved = replace(
            self,
            version=self.version + 1,
            state=MOVES.after("secure" if complete else "receive_part", self.state),
            received=received,
            secured_at=at if complete else None,
            method=method,
            capture=capture,
        )
        order_id = self.order.order_id
        if not complete:
            return moved, PaymentPartiallyPaid(
                aggregate_id=self.id, seq=moved.version, order_id=order_id, received=received, missing=moved.missing
            )
        return moved, PaymentSecured(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=order_id,
            amount=received,
            method=method,
            capture=capture,
            secured_at=at,
        )

    def expire(self, at: datetime) -> tuple["Payment", PaymentNotPaid]:
        """The deadline is over and the provider knows of no more money: no."""
        moved = self._closed("expire", at, "not_paid_in_time")
        return moved, PaymentNotPaid(aggregate_id=self.id, seq=moved.version, order_id=self.order.order_id)

    def cancel(self, at: datetime, reason: str) -> tuple["Payment", PaymentClosed]:
        """The order is no longer wanted."""
        moved = self._closed("cancel", at, reason)
        event = PaymentClosed(aggregate_id=self.id, seq=moved.version, order_id=self.order.order_id, reason=reason)
        return moved, event

    def _closed(self, move: str, at: datetime, reason: str) -> "Payment":
        state = MOVES.after(move, self.state)
        return replace(self, version=self.version + 1, state=state, closed_at=at, closed_reason=reason)


def payment_id_of(order_id: Id) -> Id:
    """One payment per order, so its id follows from the order's."""
    return derived_id(order_id, "payment")


def new_card_token() -> str:
    """The secret in a payment link: who has it may pay this one order and see its number, and nothing else."""
    return secrets.token_urlsafe(24)


def open_payment(
    order: HeldOrder, account: VirtualAccount, at: datetime, *, card_pages: str | None = None
) -> tuple[Payment, PaymentOpened]:
    """The buyer can now be told where to pay. `card_pages`: where payment links begin, None where cards are not taken."""
    payment = Payment(
        id=payment_id_of(order.order_id),
        version=1,
        order=order,
        state=PaymentState.OPENED,
        received=Money(0, order.amount.currency),
        account=account,
        opened_at=at,
        card_token=new_card_token() if card_pages is not None else None,
    )
    event = PaymentOpened(
        aggregate_id=payment.id,
        seq=1,
        order_id=order.order_id,
        buyer_id=order.buyer_id,
        amount_due=order.amount,
        iban=account.iban,
        bic=account.bic,
        holder_name=account.holder_name,
        reference=order.number,
        card_payment_link=f"{card_pages}/{payment.card_token}" if payment.card_token else None,
    )
    return payment, event


def close_unopened(order: HeldOrder, at: datetime, reason: str) -> Payment:
    """The order ended before the provider had opened an account: a payment that starts, and stays, closed."""
    return Payment(
        id=payment_id_of(order.order_id),
        version=1,
        order=order,
        state=PaymentState.CLOSED,
        received=Money(0, order.amount.currency),
        account=None,
        opened_at=at,
        closed_at=at,
        closed_reason=reason,
    )
