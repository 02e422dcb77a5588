"""A buy box: the comparison for one thing, and the decision that holds. Decisions are numbered and never change."""

from dataclasses import dataclass, replace
from datetime import datetime

from catalog.domain.comparisons import Comparison, Decision
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class BuyBox:
    """`version` counts the decisions; `basis` is what the last one rested on."""

    id: Id
    comparison: Comparison
    version: int = 0
    winner_offer_id: Id | None = None
    basis: str = ""
    decided_at: datetime | None = None

    def decided(self, decision: Decision, now: datetime) -> "BuyBox | None":
        """The box with this decision; None where what decides is as it was."""
        basis = decision.basis
        if basis == self.basis:
            return None
        winner = decision.winner
        return replace(
            self,
            version=self.version + 1,
            winner_offer_id=winner.contender.offer_id if winner else None,
            basis=basis,
            decided_at=now,
        )
