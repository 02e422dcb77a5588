"""The market's rules about cases, as typed values read from the policy pack of the coverage's version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.days import months_after
from aftersales.domain.warranty import SoldLine
from chassis.kernel.calendar import Calendar, Deadline, calendar
from chassis.kernel.policy import PolicyPack


@dataclass(frozen=True, slots=True)
class Fee:
    """Minor units of a currency, without VAT."""

    minor: int
    currency: str


WITH_BATTERY = frozenset({"smartphone", "tablet", "laptop", "watch"})
WATER = "water"


@dataclass(frozen=True, slots=True)
class BatteryPromise:
    """Row B2: the least health of a battery in percent by grade, for so many months, 0 where it is promised on receipt only.
    A device below it is no device without a fault: its battery is replaced."""

    floor_by_grade: Mapping[str, int]
    months: int

    def floor_of(
        self, line: SoldLine, place: Calendar, delivered_at: datetime, claim_until: datetime, now: datetime
    ) -> int | None:
        """What the battery of a device on this line must have, None where nothing is promised, or not any more. What holds on
        receipt is claimed until the claim window ends."""
        if line.category not in WITH_BATTERY or line.grade is None:
            return None
        until = months_after(place, delivered_at, self.months).due_at if self.months else claim_until
        return self.floor_by_grade.get(line.grade) if now <= until else None


@dataclass(frozen=True)
class CaseRules:
    """One market's rules under one policy version; rows of the policy table in brackets."""

    version: str
    remedies: tuple[str, ...]  # I5
    remedy_business_days: int  # I5
    refunds_when_unfixable: bool  # J3
    send_back_days: int  # H2, calendar days
    checklist: tuple[str, ...]  # I8
    exclusions: tuple[str, ...]  # I4, B5
    battery: BatteryPromise | None  # B2; None where no floor is promised, or nothing follows from it
    no_fault_fee: Fee | None  # I9
    market_calendar: str  # L3
    calendars_by_country: Mapping[str, str]  # L3

    def calendar_of(self, country: str) -> Calendar:
        """Days of a place; one without a calendar of its own follows the market's."""
        return calendar(self.calendars_by_country.get(country, self.market_calendar))

    def remedy_deadline(self, ship_from: str, received_at: datetime) -> Deadline:
        """A seller's promise, so it is counted where the seller works."""
        return self.calendar_of(ship_from).deadline_after(received_at, self.remedy_business_days)


def case_rules_of(pack: PolicyPack) -> CaseRules:
    """The rules in a pack."""
    return CaseRules(
        version=pack.version,
        remedies=pack.texts("warranty.remedies"),
        remedy_business_days=pack.integer("warranty.remedy_business_days"),
        refunds_when_unfixable=pack.flag("refunds.automatic_when_unfixable"),
        send_back_days=pack.integer("withdrawal.send_back_days"),
        checklist=_with_packing(pack.texts("returns.conditions")),
        exclusions=_with_water(pack.texts("warranty.exclusions"), kept=pack.flag("warranty.water_resistance_kept")),
        battery=_battery(pack),
        no_fault_fee=_fee(pack) if pack.flag("fees.no_fault_found_charged") else None,
        market_calendar=pack.text("calendars.market"),
        calendars_by_country=pack.mapping("calendars.by_country"),
    )


def _with_water(exclusions: tuple[str, ...], *, kept: bool) -> tuple[str, ...]:
    # A device that was opened is not watertight any more, so that water in it is nobody's fault but its owner's.
    return exclusions if kept or WATER in exclusions else (*exclusions, WATER)


def _battery(pack: PolicyPack) -> BatteryPromise | None:
    if not pack.flag("battery.floor_guaranteed") or pack.text("battery.below_floor_remedy") == "none":
        return None
    return BatteryPromise(pack.mapping("battery.floor_percent_by_grade"), pack.integer("battery.floor_holds_months"))


def _with_packing(conditions: tuple[str, ...]) -> tuple[str, ...]:
    # Section 1.11 asks for proper packing everywhere; a market may name a stricter kind itself.
    named = {"proper_packing", "original_packing"}
    return conditions if named.intersection(conditions) else (*conditions, "proper_packing")


def _fee(pack: PolicyPack) -> Fee:
    amount = pack.money("fees.no_fault_found")
    return Fee(amount.minor, amount.currency)
