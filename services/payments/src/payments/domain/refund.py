"""A refund: money of one bank credit or card capture on its way back to whoever paid it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.errors import RefundMoveRefused
from payments.domain.events import RefundCreated, RefundFailed, RefundSent, RefundSettled

Means = Literal["bank_transfer", "card"]
# Why money goes back that a card brought beyond what its order needed: it was never on the order.
OVERPAID = "overpaid"


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


class SourceKind(StrEnum):
    """The means by which the money came, and by which it goes back."""

    BANK_CREDIT = "bank_credit"
    CARD_CAPTURE = "card_capture"


@dataclass(frozen=True, slots=True)
class Source:
    """What a refund sends back. `id` is ours (the bank line's, the capture's), `provider_id` the provider's for the same.

    `wallet_id` is where the money came in, and where it must lie again when it goes back.
    """

    kind: SourceKind
    id: Id
    provider_id: str
    wallet_id: str


def means_of(source: Source) -> Means:
    """How money of this source goes back."""
    return "card" if source.kind is SourceKind.CARD_CAPTURE else "bank_transfer"


@dataclass(frozen=True)
class Refund:
    """`id` is also the reference and the key of the call to the provider: it is stored before the call is made.

    `case_id` and `credit_note_id` are set for goods that were invoiced before, `seller_order_id` for a part of an order that
    is not delivered; `due_at` is the last second promised.
    """

    id: Id
    version: int
    state: RefundState
    buyer_id: Id
    order_id: Id | None
    source: Source
    amount: Money
    cause: str
    created_at: datetime
    due_at: datetime | None = None
    case_id: Id | None = None
    credit_note_id: Id | None = None
    finished_at: datetime | None = None
    failure_reason: str | None = None
    seller_order_id: Id | None = None

    @property
    def means(self) -> Means:
        """How the buyer gets it: as it was paid."""
        return means_of(self.source)

    def send(self) -> tuple["Refund", RefundSent]:
        """The provider took the order."""
        moved = self._moved("send")
        event = RefundSent(aggregate_id=self.id, seq=moved.version, order_id=self.order_id, buyer_id=self.buyer_id)
        return moved, event

    def settle(self, at: datetime, *, completes_case: bool = False) -> tuple["Refund", RefundSettled]:
        """The money left. `completes_case`: nothing else of the same case is still on its way."""
        moved = replace(self._moved("settle"), finished_at=at)
        event = RefundSettled(
            aggregate_id=self.id,
            seq=moved.version,
            order_id=self.order_id,
            buyer_id=self.buyer_id,
            amount=self.amount,
            case_id=self.case_id,
            credit_note_id=self.credit_note_id,
            completes_case=completes_case,
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


def create_refund(
    source: Source,
    buyer_id: Id,
    amount: Money,
    cause: str,
    at: datetime,
    order_id: Id | None = None,
    due_at: datetime | None = None,
    credit: "RefundedCredit | None" = None,
    seller_order_id: Id | None = None,
) -> tuple[Refund, RefundCreated]:
    """One refund per (source, cause, order or credit note), or per (source, seller order): the id follows from them, so that
    a double click is the same one."""
    about = f"credit_note/{credit.credit_note_id}" if credit else f"{cause}/{order_id or ''}"
    if seller_order_id is not None:
        about = f"seller_order/{seller_order_id}"
    refund = Refund(
        id=derived_id(source.id, f"refund/{about}"),
        version=1,
        state=RefundState.CREATED,
        buyer_id=buyer_id,
        order_id=order_id,
        source=source,
        amount=amount,
        cause=cause,
        created_at=at,
        due_at=due_at,
        case_id=credit.case_id if credit else None,
        credit_note_id=credit.credit_note_id if credit else None,
        seller_order_id=seller_order_id,
    )
    event = RefundCreated(
        aggregate_id=refund.id,
        seq=1,
        order_id=order_id,
        buyer_id=buyer_id,
        amount=amount,
        cause=cause,
        means=refund.means,
        due_at=due_at,
        case_id=refund.case_id,
        credit_note_id=refund.credit_note_id,
        seller_order_id=seller_order_id,
    )
    return refund, event


@dataclass(frozen=True, slots=True)
class RefundedCredit:
    """The case and the credit note that a refund of invoiced goods stands for."""

    case_id: Id
    credit_note_id: Id
