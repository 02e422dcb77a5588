"""A payout: one seller's released settlements of one currency on their way to the seller's bank."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.errors import PayoutMoveRefused
from payments.domain.events import PayoutCreated, PayoutFailed, PayoutSent, PayoutSettled


class PayoutState(StrEnum):
    CREATED = "created"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"


_S = PayoutState
MOVES: StateTable[PayoutState] = StateTable(
    {
        ("send", _S.CREATED): _S.SENT,
        # The provider's message may overtake the answer to our own call.
        ("settle", _S.CREATED): _S.SETTLED,
        ("settle", _S.SENT): _S.SETTLED,
        ("fail", _S.CREATED): _S.FAILED,
        ("fail", _S.SENT): _S.FAILED,
    },
    PayoutMoveRefused,
)


@dataclass(frozen=True, slots=True)
class PayoutItem:
    """One settlement in a payout, with what its commission adds to the platform's sweep. `buyer_id` owns the wallet it is in."""

    seller_order_id: Id
    buyer_id: Id
    amount: Money
    commission: Money


@dataclass(frozen=True, slots=True)
class Creditor:
    """The seller's bank account as it was when the payout was made."""

    name: str
    iban: str


@dataclass(frozen=True)
class Payout:
    """`id` is also the reference and the key of the call to the provider: it is stored before the call is made."""

    id: Id
    version: int
    state: PayoutState
    seller_id: Id
    market: str
    creditor: Creditor
    items: tuple[PayoutItem, ...]
    created_at: datetime
    withheld_minor: int = 0
    finished_at: datetime | None = None
    failure_reason: str | None = None

    @property
    def amount(self) -> Money:
        """What the seller gets: what the settlements earned, less what refunds of earlier sales took."""
        earned = _total([item.amount for item in self.items])
        return Money(earned.minor - self.withheld_minor, earned.currency)

    @property
    def commission(self) -> Money:
        """What the platform may sweep once the payout has settled."""
        return _total([item.commission for item in self.items])

    @property
    def currency(self) -> str:
        """One currency per payout."""
        return self.amount.currency

    def send(self) -> tuple["Payout", PayoutSent]:
        """The provider took the order."""
        moved = self._moved("send")
        return moved, PayoutSent(aggregate_id=self.id, seq=moved.version, seller_id=self.seller_id)

    def settle(self, at: datetime) -> tuple["Payout", PayoutSettled]:
        """The money reached the seller's bank."""
        moved = replace(self._moved("settle"), finished_at=at)
        event = PayoutSettled(aggregate_id=self.id, seq=moved.version, seller_id=self.seller_id, amount=self.amount)
        return moved, event

    def fail(self, at: datetime, reason: str) -> tuple["Payout", PayoutFailed]:
        """The bank refused; the settlements are free for the next run."""
        moved = replace(self._moved("fail"), finished_at=at, failure_reason=reason)
        event = PayoutFailed(aggregate_id=self.id, seq=moved.version, seller_id=self.seller_id, reason=reason)
        return moved, event

    def _moved(self, move: str) -> "Payout":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))


def create_payout(
    seller_id: Id,
    market: str,
    creditor: Creditor,
    items: tuple[PayoutItem, ...],
    at: datetime,
    withheld_minor: int = 0,
) -> tuple[Payout, PayoutCreated]:
    """One payout of these settlements. `withheld_minor` of what they earned went into refunds of earlier sales."""
    payout = Payout(new_id(), 1, PayoutState.CREATED, seller_id, market, creditor, items, at, withheld_minor)
    event = PayoutCreated(
        aggregate_id=payout.id,
        seq=1,
        seller_id=seller_id,
        amount=payout.amount,
        withheld=Money(withheld_minor, payout.currency),
        seller_order_ids=tuple(item.seller_order_id for item in items),
    )
    return payout, event


def _total(amounts: list[Money]) -> Money:
    return Money(sum(one.minor for one in amounts), amounts[0].currency)
