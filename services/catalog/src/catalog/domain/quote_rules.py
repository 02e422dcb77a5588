"""What a market says about quotes, and whether a request and a bid keep to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from catalog.domain.product import WITH_BATTERY
from catalog.domain.quote_lines import AskedLine, BidLine, Source
from chassis.kernel.calendar import Calendar, Deadline, calendar
from chassis.kernel.money import Money
from chassis.kernel.policy import PolicyPack

Violation = Mapping[str, Any]
BUSINESS_DAYS_A_WEEK = 5
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class QuoteRules:
    """One market's rules of quotes. Keys as in `markets/schema.toml`; rows of the policy table in brackets."""

    market: str
    version: str
    market_calendar: str
    enabled: bool  # C7
    asked_by: str  # C7
    bulk_above_pieces: int  # C7
    bulk_lead_days_least: int  # C7
    bulk_lead_days_most: int  # C7
    price_negotiable: bool  # C7
    categories: tuple[str, ...]  # C8
    answer_business_days: int  # 1.4
    valid_days: int  # 1.4
    grades: tuple[str, ...]  # B1, best first
    warranty_months: int  # I1
    warranty_may_exceed: bool  # I1, I3
    dispatch_days_by_category: Mapping[str, int]  # F2
    currencies: tuple[str, ...]  # L4
    price_basis: str  # L4
    title: str
    languages: tuple[str, ...]
    grade_labels: Mapping[str, Mapping[str, str]]  # B1

    @property
    def needs_form(self) -> bool:
        """Whether bulk needs are told with a business form: in words beside the lines (row C7)."""
        return self.asked_by == "business_form"

    @property
    def bulk_lead_business_days_most(self) -> int:
        """The longest lead time in business days: two weeks have ten of them."""
        return self.bulk_lead_days_most * BUSINESS_DAYS_A_WEEK // DAYS_A_WEEK

    def answers_until(self, now: datetime, business_days: int | None) -> Deadline:
        """The end of the round: the buyer may give sellers more time than the market does, never less (row 1.4)."""
        return self.calendar().deadline_after(now, max(business_days or 0, self.answer_business_days))

    def valid_until(self, now: datetime) -> datetime:
        """Until when what is offered now holds (row 1.4)."""
        return now + timedelta(days=self.valid_days)

    def calendar(self) -> Calendar:
        """Business days of the market."""
        return calendar(self.market_calendar)

    def is_bulk(self, lines: Sequence[AskedLine]) -> bool:
        """More pieces than the market sells over the counter, or changed specifications (row C7)."""
        pieces = sum(line.quantity for line in lines)
        return pieces > self.bulk_above_pieces or any(line.specs for line in lines)

    def broken_by_request(self, lines: Sequence[AskedLine], today: date) -> Iterator[Violation]:
        """Every rule that a request breaks, with the line it is broken on."""
        for place, line in enumerate(lines):
            at = f"/lines/{place}"
            if line.category not in self.categories:
                yield self._broken(
                    "quotes.categories", f"{at}/category", f"{line.category} is none of {', '.join(self.categories)}"
                )
            if line.grade is not None and line.grade not in self.grades:
                yield self._broken(
                    "grades.scale", f"{at}/grade", f"grade {line.grade} is none of {', '.join(self.grades)}"
                )
            if line.battery_floor is not None and line.category not in WITH_BATTERY:
                yield self._broken(
                    "battery.floor_percent_by_grade", f"{at}/battery_floor", f"a {line.category} has no battery"
                )
            if (line.warranty_months or 0) > self.warranty_months and not self.warranty_may_exceed:
                yield self._broken(
                    "warranty.extension", f"{at}/warranty_months", f"no more than {self.warranty_months} months"
                )
            if line.needed_by is not None and line.needed_by < today:
                yield self._broken("needed_by", f"{at}/needed_by", f"{line.needed_by} is over")

    def broken_by_bid(
        self, bid: Sequence[BidLine], asked: Sequence[AskedLine], listed: Mapping[int, Money], now: datetime
    ) -> Iterator[Violation]:
        """Every rule, and every wish of the buyer, that a bid does not keep.

        `listed` is what the offer behind a line of the bid costs today, for markets in which prices are not negotiated.
        """
        wishes = {line.line_no: line for line in asked}
        bulk = self.is_bulk(asked)
        for place, line in enumerate(bid):
            wish = wishes.get(line.line_no)
            if wish is None:
                yield self._broken("line_no", f"/lines/{place}/line_no", f"there is no line {line.line_no}")
                continue
            yield from self._grade_and_battery(f"/lines/{place}", line, wish)
            yield from self._warranty(f"/lines/{place}", line, wish)
            yield from self._time(f"/lines/{place}", line, wish, now, bulk=bulk)
            price = listed.get(line.place)
            if not self.price_negotiable and price is not None and price != line.unit_price:
                yield self._broken(
                    "quotes.price_negotiable", f"/lines/{place}/unit_price", "prices are those of the offers"
                )
        for line_no, wish in wishes.items():
            offered = sum(line.quantity for line in bid if line.line_no == line_no)
            if offered > wish.quantity:
                yield self._broken("quantity", "/lines", f"line {line_no} asks for {wish.quantity}, not for {offered}")

    def _grade_and_battery(self, at: str, line: BidLine, wish: AskedLine) -> Iterator[Violation]:
        if line.category != wish.category:
            yield self._broken("category", f"{at}/offer_id", f"a {wish.category} is asked for, not a {line.category}")
        if line.grade not in self.grades:
            yield self._broken("grades.scale", f"{at}/grade", f"grade {line.grade} is none of {', '.join(self.grades)}")
        elif wish.grade is not None and self.grades.index(line.grade) > self.grades.index(wish.grade):
            yield self._broken("grade", f"{at}/grade", f"{line.grade} is below {wish.grade}")
        if wish.battery_floor is not None and (line.battery_floor or 0) < wish.battery_floor:
            detail = f"at least {wish.battery_floor} % is asked for"
            yield self._broken("battery_floor", f"{at}/battery_floor", detail)

    def _warranty(self, at: str, line: BidLine, wish: AskedLine) -> Iterator[Violation]:
        least = max(self.warranty_months, wish.warranty_months or 0)
        if line.warranty_months < least:
            yield self._broken("warranty.months", f"{at}/warranty_months", f"at least {least} months")
        if line.warranty_months > self.warranty_months and not self.warranty_may_exceed:
            yield self._broken("warranty.extension", f"{at}/warranty_months", f"must be {self.warranty_months} months")

    def _time(self, at: str, line: BidLine, wish: AskedLine, now: datetime, *, bulk: bool) -> Iterator[Violation]:
        refurbishing = line.source is Source.IN_REFURBISHMENT
        usual = self.dispatch_days_by_category.get(line.category, self.bulk_lead_business_days_most)
        # What takes work first may take the one to two weeks of row C7; what lies there leaves as it always does.
        most = max(usual, self.bulk_lead_business_days_most) if bulk or refurbishing else usual
        if line.lead_business_days > most:
            rule = "quotes.bulk_lead_days_most" if bulk or refurbishing else "shipping.sla_business_days"
            yield self._broken(rule, f"{at}/lead_business_days", f"{line.lead_business_days} are above {most}")
        if refurbishing and not wish.refurbishing_accepted:
            yield self._broken("refurbishing_accepted", f"{at}/source", "only finished stock is asked for")
        if line.ready_on is None:
            return
        today = self.calendar().local_day(now)
        latest = today + timedelta(days=self.valid_days + self.bulk_lead_days_most)
        if not today <= line.ready_on <= latest:
            yield self._broken("ready_on", f"{at}/ready_on", f"must lie between {today} and {latest}")
        if wish.needed_by is not None and line.ready_on > wish.needed_by:
            yield self._broken("needed_by", f"{at}/ready_on", f"the goods are needed by {wish.needed_by}")

    def _broken(self, rule: str, pointer: str, detail: str) -> Violation:
        return {"rule": rule, "market": self.market, "pointer": pointer, "detail": f"{self.market}: {rule}: {detail}"}


def quote_rules_of(pack: PolicyPack) -> QuoteRules:
    """The part of a market pack that quotes obey."""
    extension = pack.text("warranty.extension")
    return QuoteRules(
        market=pack.market,
        version=pack.version,
        market_calendar=pack.text("calendars.market"),
        enabled=pack.flag("quotes.enabled"),
        asked_by=pack.text("quotes.asked_by"),
        bulk_above_pieces=pack.integer("quotes.bulk_above_pieces"),
        bulk_lead_days_least=pack.integer("quotes.bulk_lead_days_least"),
        bulk_lead_days_most=pack.integer("quotes.bulk_lead_days_most"),
        price_negotiable=pack.flag("quotes.price_negotiable"),
        categories=pack.texts("quotes.categories"),
        answer_business_days=pack.integer("quotes.answer_business_days"),
        valid_days=pack.integer("quotes.valid_days"),
        grades=tuple(grade["code"] for grade in pack.records("grades.scale")),
        warranty_months=pack.integer("warranty.months"),
        # A longer warranty is a matter of the quote where the market says so (row I3), even if offers may not have one.
        warranty_may_exceed=pack.flag("warranty.offer_may_extend") or extension == "quote_before_order",
        dispatch_days_by_category=(
            pack.mapping("shipping.sla_business_days") if pack.flag("shipping.sla_binding") else {}
        ),
        currencies=pack.texts("identity.currencies"),
        price_basis=pack.text("prices.basis"),
        title=pack.text("identity.title"),
        languages=pack.texts("identity.languages"),
        grade_labels={grade["code"]: grade["label"] for grade in pack.records("grades.scale")},
    )
