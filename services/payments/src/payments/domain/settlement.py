"""A settlement: what one seller order earned its seller, from shipment to payout."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.commission import Commission
from payments.domain.errors import SettlementMoveRefused
from payments.domain.events import SettlementPaidOut, SettlementPending, SettlementReleased


class SettlementState(StrEnum):
    PENDING = "pending"
    RELEASED = "released"
    PAID_OUT = "paid_out"


_S = SettlementState
MOVES: StateTable[SettlementState] = StateTable(
    {("release", _S.PENDING): _S.RELEASED, ("pay_out", _S.RELEASED): _S.PAID_OUT}, SettlementMoveRefused
)


@dataclass(frozen=True)
class Settlement:
    """`id` is the seller order's. `amount` is what the seller gets: the invoices minus commission and its VAT."""

    id: Id
    version: int
    state: SettlementState
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    invoiced: Money
    commission: Commission
    pending_at: datetime
    released_at: datetime | None = None
    payout_id: Id | None = None

    @property
    def amount(self) -> Money:
        """The seller's share."""
        return self.invoiced - self.commission.total

    def release(self, at: datetime) -> tuple["Settlement", SettlementReleased]:
        """The claim window is over."""
        state = MOVES.after("release", self.state)
        moved = replace(self, version=self.version + 1, state=state, released_at=at)
        event = SettlementReleased(
            aggregate_id=self.id, seq=moved.version, seller_id=self.seller_id, amount=self.amount
        )
        return moved, event

    def pay_out(self, payout_id: Id) -> tuple["Settlement", SettlementPaidOut]:
        """A payout that contains it reached the seller's bank."""
        state = MOVES.after("pay_out", self.state)
        moved = replace(self, version=self.version + 1, state=state, payout_id=payout_id)
        return moved, SettlementPaidOut(aggregate_id=self.id, seq=moved.version, payout_id=payout_id)


def begin_settlement(settlement: Settlement) -> tuple[Settlement, SettlementPending]:
    """The goods left and every invoice of the seller order is stored."""
    assert settlement.version == 1
    assert settlement.state == SettlementState.PENDING
    event = SettlementPending(
        aggregate_id=settlement.id,
        seq=1,
        seller_id=settlement.seller_id,
        amount=settlement.amount,
        commission_net=settlement.commission.net,
        commission_vat=settlement.commission.vat,
    )
    return settlement, event
