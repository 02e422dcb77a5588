"""The coverage of a delivered parcel: what its buyer may claim, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aftersales.domain import events
from aftersales.domain.errors import ClaimWindowStillOpen, CoverageMoveRefused
from aftersales.domain.policies import CoverageRules
from aftersales.domain.shipment import Shipment
from aftersales.domain.warranty import CoveredLine, SoldLine, covered, uncovered
from aftersales.domain.windows import Windows, windows_from
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class CoverageState(StrEnum):
    """While it is OPEN the seller's money waits; after that only the warranty is left."""

    OPEN = "open"
    CLAIM_WINDOW_CLOSED = "claim_window_closed"


S = CoverageState

MOVES = StateTable(
    {
        # Two services tell of a sale in no certain order, so that the offers may become known at any time.
        ("set_warranties", S.OPEN): S.OPEN,
        ("set_warranties", S.CLAIM_WINDOW_CLOSED): S.CLAIM_WINDOW_CLOSED,
        ("close_claim_window", S.OPEN): S.CLAIM_WINDOW_CLOSED,
    },
    CoverageMoveRefused,
)


@dataclass(frozen=True)
class Coverage:
    """One for each delivered shipment, under the shipment's id. `policy_version` names the rules that made its windows."""

    id: Id
    version: int
    state: CoverageState
    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    delivery_country: str
    delivered_at: datetime
    windows: Windows
    lines: tuple[CoveredLine, ...]
    closed_at: datetime | None = None

    @property
    def lacks_warranties(self) -> bool:
        """Whether the promises of its offers are not known yet."""
        return any(line.warranty_until is None for line in self.lines)

    @property
    def is_open(self) -> bool:
        """Whether the seller's money waits for it."""
        return self.state is CoverageState.OPEN

    def set_warranties(self, sold: Sequence[SoldLine], rules: CoverageRules) -> tuple["Coverage", events.WarrantiesSet]:
        """The offers became known."""
        after = replace(
            self,
            version=self.version + 1,
            state=MOVES.after("set_warranties", self.state),
            lines=covered(self.lines, sold, rules, self.delivery_country, self.delivered_at),
        )
        return after, events.WarrantiesSet(
            aggregate_id=after.id,
            seq=after.version,
            seller_order_id=after.seller_order_id,
            order_id=after.order_id,
            lines=after.lines,
        )

    def close_claim_window(self, now: datetime) -> tuple["Coverage", events.ClaimWindowClosed]:
        """The buyer's time is over; never a second early."""
        state = MOVES.after("close_claim_window", self.state)
        if now < self.windows.closes_at:
            raise ClaimWindowStillOpen(closes_at=self.windows.closes_at.isoformat())
        after = replace(self, version=self.version + 1, state=state, closed_at=now)
        return after, events.ClaimWindowClosed(
            aggregate_id=after.id,
            seq=after.version,
            seller_order_id=after.seller_order_id,
            order_id=after.order_id,
            closed_at=now,
        )


def new_coverage(
    shipment: Shipment, delivered_at: datetime, rules: CoverageRules, sold: Sequence[SoldLine]
) -> tuple[Coverage, events.CoverageOpened]:
    """The coverage of a parcel that has just arrived. `sold` is empty while its offers are not known: nobody waits for them."""
    lines = uncovered(shipment.lines)
    if sold:
        lines = covered(lines, sold, rules, shipment.delivery_country, delivered_at)
    coverage = Coverage(
        id=shipment.id,
        version=1,
        state=CoverageState.OPEN,
        seller_order_id=shipment.seller_order_id,
        order_id=shipment.order_id,
        seller_id=shipment.seller_id,
        buyer_id=shipment.buyer_id,
        market=shipment.market,
        policy_version=rules.version,
        delivery_country=shipment.delivery_country,
        delivered_at=delivered_at,
        windows=windows_from(rules, shipment.delivery_country, delivered_at),
        lines=lines,
    )
    return coverage, events.CoverageOpened(
        aggregate_id=coverage.id,
        seq=coverage.version,
        seller_order_id=coverage.seller_order_id,
        order_id=coverage.order_id,
        seller_id=coverage.seller_id,
        buyer_id=coverage.buyer_id,
        market=coverage.market,
        policy_version=coverage.policy_version,
        delivery_country=coverage.delivery_country,
        delivered_at=coverage.delivered_at,
        windows=coverage.windows,
        lines=coverage.lines,
    )
