"""The market rules that payments obeys, as typed values taken from the policy pack of the order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from chassis.kernel.calendar import Calendar, calendar
from chassis.kernel.policy import PolicyPack
from payments.domain.refund import Means

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """Days are business days of the named calendar; amounts are minor units of the order's currency."""

    market: str
    version: str
    country: str
    language: str
    currencies: tuple[str, ...]
    price_basis: Literal["net", "gross"]
    commission_rate_percent: str
    payout_weekday: str
    payout_minimum_minor: int
    unmatched_refund_business_days: int
    market_calendar: str
    calendar_by_country: Mapping[str, str]
    refund_calendar: str
    refund_clock: str
    card_refund_business_days: int
    transfer_refund_business_days: int
    refund_calendar_days: int
    platform_advances_business_days: int
    kept_years: int
    seller_contests_days: int
    grade_labels: Mapping[str, Mapping[str, str]]
    tenders: tuple[str, ...]
    capture_moment: Literal["at_once", "at_dispatch"]
    authentication_minutes: int

    @property
    def takes_cards(self) -> bool:
        """Row D1. Cards are always authenticated: the provider's page offers nothing else."""
        return "card" in self.tenders

    def authenticated_by(self, started_at: datetime) -> datetime:
        """Until when the buyer may finish 3-D Secure (§1.7)."""
        return started_at + timedelta(minutes=self.authentication_minutes)

    def grade_name(self, grade: str) -> str:
        """The grade as the market's readers call it; a grade that has left the scale keeps its code."""
        return self.grade_labels.get(grade, {}).get(self.language, grade)

    @property
    def calendar(self) -> Calendar:
        """Where the market's days begin and end."""
        return calendar(self.market_calendar)

    def calendar_of(self, country: str) -> Calendar:
        """Days of a place; one that the market has no calendar for follows the market's."""
        return calendar(self.calendar_by_country.get(country, self.market_calendar))

    def unmatched_refund_at(self, received_at: datetime) -> datetime:
        """When money without an order goes back: after so many days on which banks work."""
        return calendar(self.refund_calendar).deadline_after(received_at, self.unmatched_refund_business_days).acts_at

    def refund_until(self, means: Means, created_at: datetime) -> datetime:
        """The last second that the buyer was promised (J1): days of banks for a transfer, of the market for a card."""
        if self.refund_clock == "calendar_days":
            return _last_second(self.calendar, created_at, self.refund_calendar_days)
        if means == "card":
            return self.calendar.deadline_after(created_at, self.card_refund_business_days).due_at
        return calendar(self.refund_calendar).deadline_after(created_at, self.transfer_refund_business_days).due_at

    def contest_until(self, issued_at: datetime, country: str) -> datetime:
        """Row 1.10: the last second in which a seller of this country may contest a document issued in its name."""
        return _last_second(self.calendar_of(country), issued_at, self.seller_contests_days)

    def platform_advances_at(self, created_at: datetime) -> datetime:
        """When the platform puts its own money where the seller's is missing."""
        return self.calendar.deadline_after(created_at, self.platform_advances_business_days).acts_at

    def next_payout_at(self, now: datetime) -> datetime:
        """The beginning of the next payout day, local time of the market. What is released on a payout day waits a week."""
        today = self.calendar.local_day(now)
        ahead = (_WEEKDAYS.index(self.payout_weekday) - today.weekday() - 1) % 7 + 1
        return _local_midnight(self.calendar, now, ahead)


def rules_of(pack: PolicyPack) -> PaymentRules:
    """The keys that payments reads."""
    basis = pack.text("prices.basis")
    return PaymentRules(
        market=pack.market,
        version=pack.version,
        country=pack.text("identity.country"),
        language=pack.texts("identity.languages")[0],
        currencies=pack.texts("identity.currencies"),
        price_basis="gross" if basis == "gross" else "net",
        commission_rate_percent=pack.text("commission.rate_percent"),
        payout_weekday=pack.text("payouts.weekday"),
        payout_minimum_minor=pack.integer("payouts.minimum_minor"),
        unmatched_refund_business_days=pack.integer("hold.unmatched_refund_business_days"),
        market_calendar=pack.text("calendars.market"),
        calendar_by_country=pack.mapping("calendars.by_country"),
        refund_calendar=pack.text("calendars.transfer_refunds"),
        refund_clock=pack.text("refunds.clock"),
        card_refund_business_days=pack.integer("refunds.card_business_days"),
        transfer_refund_business_days=pack.integer("refunds.transfer_business_days"),
        refund_calendar_days=pack.integer("refunds.calendar_days"),
        platform_advances_business_days=pack.integer("refunds.platform_advances_business_days"),
        kept_years=pack.integer("documents.kept_years"),
        seller_contests_days=pack.integer("documents.seller_contests_days"),
        grade_labels={grade["code"]: grade["label"] for grade in pack.records("grades.scale")},
        tenders=pack.texts("tenders.accepted"),
        capture_moment="at_dispatch" if pack.text("capture.moment") == "at_dispatch" else "at_once",
        authentication_minutes=pack.integer("capture.authentication_minutes"),
    )


def _last_second(days: Calendar, start: datetime, days_ahead: int) -> datetime:
    day = days.local_day(start) + timedelta(days=days_ahead)
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(days.zone)).astimezone(UTC)


def _local_midnight(days: Calendar, now: datetime, days_ahead: int) -> datetime:
    day = days.local_day(now) + timedelta(days=days_ahead)
    return datetime.combine(day, time(), ZoneInfo(days.zone)).astimezone(UTC)
