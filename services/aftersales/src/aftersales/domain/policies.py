"""The market rules this service obeys, as typed values read from a policy pack."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.kernel.calendar import Calendar, calendar
from chassis.kernel.policy import PolicyPack


@dataclass(frozen=True)
class CoverageRules:
    """One market's rules about claims under one policy version; rows of the policy table in brackets."""

    version: str
    damage_report_business_days: int  # G1
    claim_window_business_days: int  # 1.9
    withdrawal_days: int | None  # H1, calendar days; None where businesses may not withdraw
    release_waits_for_withdrawal: bool  # 1.9
    warranty_months: int  # I1
    market_calendar: str  # L3
    calendars_by_country: Mapping[str, str]  # L3

    def calendar_of(self, country: str) -> Calendar:
        """Claim windows follow the delivery country; one without a calendar of its own follows the market's."""
        return calendar(self.calendars_by_country.get(country, self.market_calendar))


def rules_of(pack: PolicyPack) -> CoverageRules:
    """The rules in a pack.

    `withdrawal.starts` needs no reading here: a seller order leaves in one parcel, so the receipt of the parcel is the
    receipt of its last item too.
    """
    return CoverageRules(
        version=pack.version,
        damage_report_business_days=pack.integer("damage.report_business_days"),
        claim_window_business_days=pack.integer("release.claim_window_business_days"),
        withdrawal_days=pack.integer("withdrawal.days") if pack.flag("withdrawal.enabled") else None,
        release_waits_for_withdrawal=pack.text("release.rule") == "later_of_claim_and_withdrawal",
        warranty_months=pack.integer("warranty.months"),
        market_calendar=pack.text("calendars.market"),
        calendars_by_country=pack.mapping("calendars.by_country"),
    )
