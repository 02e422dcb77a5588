"""A settlement: what one seller order earned its seller, from shipment to payout."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.commission import Commission
from payments.domain.errors import SettlementMoveRefused
from payments.domain.events import SettlementCredited, SettlementPaidOut, SettlementPending, SettlementReleased


class SettlementState(StrEnum):
    PENDING = "pending"
    RELEASED = "released"
    PAID_OUT = "paid_out"


_S = SettlementState
MOVES: StateTable[SettlementState] = StateTable(
    {
        ("release", _S.PENDING): _S.RELEASED,
        ("pay_out", _S.RELEASED): _S.PAID_OUT,
        # Goods come back whenever they break.
        **{("credit", state): state for state in _S},
        ("plan_sweep", _S.PAID_OUT): _S.PAID_OUT,
    },
    SettlementMoveRefused,
)


@dataclass(frozen=True)
class Settlement:
    """`id` is the seller order's. `amount` is what the seller gets: the invoices minus commission and its VAT.

    `credited` is what credit notes took back, `credited_net` and `credited_vat` the commission on it. `released` and
    `swept` are what moved between wallets, frozen before the provider is asked to move it.
    """

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
    credited_minor: int = 0
    credited_net_minor: int = 0
    credited_vat_minor: int = 0
    released_minor: int | None = None
    swept_minor: int | None = None

    @property
    def amount(self) -> Money:
        """The seller's share of what was not credited."""
        return self._money(self.invoiced.minor - self.credited_minor) - self.commission_left

    @property
    def commission_left(self) -> Money:
        """Commission and its VAT on what was not credited."""
        return self._money(self.commission.total.minor - self.credited_net_minor - self.credited_vat_minor)

    def credit(
        self, credit_note_id: Id, gross: Money, commission_net: Money, commission_vat: Money
    ) -> tuple["Settlement", SettlementCredited]:
        """A credit note takes goods back, and the commission on them goes back to the seller."""
        moved = replace(
            self,
            version=self.version + 1,
            state=MOVES.after("credit", self.state),
            credited_minor=self.credited_minor + gross.minor,
            credited_net_minor=self.credited_net_minor + commission_net.minor,
            credited_vat_minor=self.credited_vat_minor + commission_vat.minor,
        )
        event = SettlementCredited(
            aggregate_id=self.id,
            seq=moved.version,
            seller_id=self.seller_id,
            credit_note_id=credit_note_id,
            gross=gross,
            commission=commission_net + commission_vat,
            amount=moved.amount,
        )
        return moved, event

    def plan_sweep(self) -> "Settlement":
        """Freeze what is swept of its commission; planned once. No fact of its own: the journal tells."""
        MOVES.after("plan_sweep", self.state)
        return self if self.swept_minor is not None else replace(self, swept_minor=self.commission_left.minor)

    def _money(self, minor: int) -> Money:
        return Money(minor, self.invoiced.currency)

    def release(self, at: datetime) -> tuple["Settlement", SettlementReleased]:
        """The claim window is over."""
        state = MOVES.after("release", self.state)
        moved = replace(self, version=self.version + 1, state=state, released_at=at, released_minor=self.amount.minor)
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
