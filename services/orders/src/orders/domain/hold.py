"""The payment hold: until when stock waits for the money, when the buyer is reminded, when the platform acts."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.kernel.calendar import Calendar, Deadline
from orders.domain.policies import OrderRules


@dataclass(frozen=True, slots=True)
class Reminder:
    """After how many business days the buyer is reminded, and the instant, in UTC."""

    after_business_days: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A frozen promise: `until` is the last second to pay, `acts_at` when payments is asked whether it was; both in UTC."""

    until: datetime
    acts_at: datetime
    calendar_version: str
    reminders: tuple[Reminder, ...]


def hold_from(rules: OrderRules, start: datetime) -> Hold:
    """The hold of an order whose stock was reserved at `start` (row C3; reminders after business days 2 and 4).

    The day of the order does not count; the last of the market's business days ends at 23:59:59 local time.
    """
    days = rules.calendar_of_market()
    deadline = days.deadline_after(start, rules.hold_business_days)
    reminders = tuple(Reminder(n, days.deadline_after(start, n).acts_at) for n in rules.reminder_business_days)
    if rules.hold_on_default == "end_after_reminder" and reminders:
        later = _end_of_day(days, reminders[-1].at, rules.hold_end_days_after_reminder)
        deadline = max(deadline, later, key=lambda one: one.acts_at)
    return Hold(deadline.due_at, deadline.acts_at, deadline.calendar_version, reminders)


def _end_of_day(days: Calendar, start: datetime, calendar_days: int) -> Deadline:
    """Row C4: a contract that ends so many calendar days after the last reminder."""
    zone = ZoneInfo(days.zone)
    last = days.local_day(start) + timedelta(days=calendar_days)
    return Deadline(
        datetime.combine(last, time(23, 59, 59), zone).astimezone(UTC),
        datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC),
        days.version,
    )
