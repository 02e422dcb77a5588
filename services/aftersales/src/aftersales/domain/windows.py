"""The windows that open with a delivery: until when damage is reported, a claim made, the purchase withdrawn from."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.days import days_after
from aftersales.domain.policies import CoverageRules


@dataclass(frozen=True, slots=True)
class Windows:
    """Frozen promises, in UTC. Each `…_until` is the last second; `closes_at` is when the platform acts.

    `calendar_version` says which table of holidays counted the days, so that a newer one never moves a promise.
    """

    damage_until: datetime
    claim_until: datetime
    withdraw_until: datetime | None
    closes_at: datetime
    calendar_version: str


def windows_from(rules: CoverageRules, delivery_country: str, delivered_at: datetime) -> Windows:
    """The windows of a parcel (rows G1, 1.9 and H1): the day of the delivery itself does not count.

    The money waits for the later of the claim window and, where businesses may withdraw, the withdrawal window.
    """
    place = rules.calendar_of(delivery_country)
    claim = place.deadline_after(delivered_at, rules.claim_window_business_days)
    withdrawal = None if rules.withdrawal_days is None else days_after(place, delivered_at, rules.withdrawal_days)
    closes_at = claim.acts_at
    if withdrawal and rules.release_waits_for_withdrawal:
        closes_at = max(closes_at, withdrawal.acts_at)
    return Windows(
        damage_until=place.deadline_after(delivered_at, rules.damage_report_business_days).due_at,
        claim_until=claim.due_at,
        withdraw_until=withdrawal.due_at if withdrawal else None,
        closes_at=closes_at,
        calendar_version=claim.calendar_version,
    )
