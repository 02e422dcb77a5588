"""A refund: money of one bank credit on its way back to whoever paid it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.errors import RefundMoveRefused
from payments.domain.events import RefundCreated, RefundFailed, RefundSent, RefundSettled


class RefundState(StrEnum):
    CREATED = "created"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"


_S = RefundState
MOVES: StateTable[RefundState] = StateTable(
    {
        ("send", _S.CREATED): _S.SENT,
        # The provider's message may overtake the answer to our own call.
        ("settle", _S.CREATED): _S.SETTLED,
        ("settle", _S.SENT): _S.SETTLED,
        ("fail", _S.CREATED): _S.FAILED,
        ("fail", _S.SENT): _S.FAILED,
    },
    RefundMoveRefused,
)


@dataclass(frozen=True)
class Refund:
    """`id` is also the reference and the key of the call to the provider: it is stored before the call is made."""

    id: Id
    version: int
    state: RefundState
    buyer_id: Id
    order_id: Id | None
    bank_line_id: Id
    credit_id: str
    wallet_id: str
    amount: Money
    cause: str
    created_at: datetime
    finished_at: datetime | None = None
    failure_reason: str | None = None

    def send(self) -> tuple["Refund", RefundSent]:
        """The provider took the order."""
        moved = self._moved("send")
        event = RefundSent(aggregate_id=self.id, seq=moved.version, order_id=self.order_id, buyer_id=self.buyer_id)
        return moved, event

    def settle(self, at: datetime) -> tuple["Refund", RefundSettled]:
        """The money left."""
        moved = replace(self._moved("settle"), finished_at=at)
        event = RefundSettled(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            buyer_id=self.buyer_id,
            amount=self.amount,
        )
        return moved, event

    def fail(self, at: datetime, reason: str) -> tuple["Refund", RefundFailed]:
        """The money came back; it stays owed until somebody finds another account."""
        moved = replace(self._moved("fail"), finished_at=at, failure_reason=reason)
        event = RefundFailed(
            aggregate_id=self.id, seq=moved.version, order_id=self.order_id, buyer_id=self.buyer_id, reason=reason
        )
        return moved, event

    def _moved(self, move: str) -> "Refund":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))


@dataclass(frozen=True, slots=True)
class Source:
    """The bank credit that a refund sends back."""

    bank_line_id: Id
    credit_id: str
    wallet_id: str


def create_refund(
    source: Source, buyer_id: Id, amount: Money, cause: str, at: datetime, order_id: Id | None = None
) -> tuple[Refund, RefundCreated]:
    """One refund per (credit, cause, order): the id follows from them, so that a double click is the same refund."""
    refund = Refund(
        id=derived_id(source.bank_line_id, f"refund/{cause}/{order_id or ''}"),
        version=1,
        state=RefundState.CREATED,
        buyer_id=buyer_id,
        order_id=order_id,
        bank_line_id=source.bank_line_id,
        credit_id=source.credit_id,
        wallet_id=source.wallet_id,
        amount=amount,
        cause=cause,
        created_at=at,
    )
    event = RefundCreated(
        aggregate_id=refund.id, seq=1, order_id=order_id, buyer_id=buyer_id, amount=amount, cause=cause
    )
    return refund, event
