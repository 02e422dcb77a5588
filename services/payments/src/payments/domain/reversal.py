"""What a credit note takes back from a seller order, and where the money for it comes from."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from payments.domain.errors import ReversalMoveRefused
from payments.domain.settlement import Settlement, SettlementState


class ReversalState(StrEnum):
    WAITING = "waiting"
    FUNDED = "funded"


MOVES: StateTable[ReversalState] = StateTable(
    {("fund", ReversalState.WAITING): ReversalState.FUNDED}, ReversalMoveRefused
)


@dataclass(frozen=True, slots=True)
class Funding:
    """Minor units: what the seller gives (of money pending or released), and what the platform sweeps back or advances."""

    from_pending: int = 0
    from_available: int = 0
    swept_back: int = 0
    advanced: int = 0


@dataclass(frozen=True)
class Reversal:
    """`id` is the credit note's. The platform advances what is missing at `advance_at`, so that the buyer's limit holds."""

    id: Id
    state: ReversalState
    case_id: Id
    order_id: Id
    seller_order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    gross: Money
    commission_net: Money
    commission_vat: Money
    created_at: datetime
    advance_at: datetime
    funding: Funding = Funding()
    funded_at: datetime | None = None

    @property
    def commission(self) -> Money:
        """What the platform gives back of its commission, VAT included."""
        return self.commission_net + self.commission_vat

    @property
    def owed(self) -> Money:
        """What the seller itself has to bring."""
        return self.gross - self.commission

    @property
    def is_waiting(self) -> bool:
        """Whether the money is still missing."""
        return self.state is ReversalState.WAITING

    def fund(self, funding: Funding, at: datetime) -> "Reversal":
        """The money is there: the refund may be sent."""
        return replace(self, state=MOVES.after("fund", self.state), funding=funding, funded_at=at)


def plan_funding(
    reversal: Reversal, settlement: Settlement, free_minor: int, platform_minor: int, *, may_advance: bool
) -> Funding | None:
    """Whose money pays, or None while it has to wait: no one's refund is paid with another's money.

    Before release the seller order's own pending money pays. After it, what of the seller's released money is in no payout
    (`free_minor`); the platform's own (`platform_minor`) gives back swept commission, and, where it may, what is missing.
    """
    if settlement.state is SettlementState.PENDING:
        return Funding(from_pending=reversal.owed.minor)
    swept_back = reversal.commission.minor if settlement.swept_minor is not None else 0
    missing = max(0, reversal.owed.minor - free_minor)
    if missing and not may_advance:
        return None
    if swept_back + missing > max(0, platform_minor):
        return None
    return Funding(from_available=reversal.owed.minor, swept_back=swept_back, advanced=missing)
