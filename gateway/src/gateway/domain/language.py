"""One language of our mails: its words, and how its readers write amounts, days and instants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.kernel.money import Money, decimal_text
from gateway.domain.delivery import Template

NO_BREAK = "\u00a0"
# Where a currency has no sign of its own here, its code stands in its place.
_SIGNS = {"EUR": "€", "GBP": "£"}


class Count(int):
    """A number in a sentence, which says the word for what it counts too: `{count} {count:device|devices}`. Where nothing
    takes the singular, as in French, the forms are three: of none, of one, of more."""

    def __format__(self, forms: str) -> str:
        if "|" not in forms:
            return super().__format__(forms)
        *none, one, more = forms.split("|")
        if not self and none:
            return none[0]
        return one if self == 1 else more


@dataclass(frozen=True)
class MailText:
    """Subject, paragraphs and button of one template, with {placeholders}; `button` is empty where there is none."""

    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""


@dataclass(frozen=True)
class Form:
    """How amounts and times are written. `date` and `moment` have the placeholders day, month, year, weekday, time, zone."""

    decimal: str
    thousands: str
    currency_first: bool
    # Whether a space stands between a sign in front and the figures; after the figures there always is one.
    currency_gap: bool
    date: str
    moment: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    first_of_month: str = "1"


@dataclass(frozen=True)
class Language:
    """`words` are labels and set phrases, `reasons`, `seller_reasons` and `checklist` are sentences by code.

    `requirements` are what sellers are asked for, by code.
    """

    code: str
    form: Form
    words: Mapping[str, str]
    reasons: Mapping[str, str]
    mails: Mapping[Template, MailText]
    checklist: Mapping[str, str]
    requirements: Mapping[str, str]
    seller_reasons: Mapping[str, str]
    pages: Mapping[str, Mapping[str, str]]

    def money(self, money: Money) -> str:
        """`€1,234.50` in English, `1 234,50 €` in French."""
        text = decimal_text(abs(money.minor), money.currency)
        whole, _, rest = text.partition(".")
        figures = f"{int(whole):,}".replace(",", self.form.thousands) + (f"{self.form.decimal}{rest}" if rest else "")
        sign = _SIGNS.get(money.currency, money.currency)
        minus = "−" if money.minor < 0 else ""
        if not self.form.currency_first:
            return f"{minus}{figures}{NO_BREAK}{sign}"
        gap = NO_BREAK if self.form.currency_gap or sign.isalpha() else ""
        return f"{minus}{sign}{gap}{figures}"

    def day(self, day: date) -> str:
        """`27 November 2026`."""
        return self.form.date.format(**self._parts(day))

    def moment(self, instant: datetime, zone: ZoneInfo) -> str:
        """`Friday 27 November 2026 at 23:59 (CET)`, as the clocks of the reader's market show it."""
        local = instant.astimezone(zone)
        return self.form.moment.format(**self._parts(local), time=f"{local:%H:%M}", zone=f"{local:%Z}")

    def _parts(self, day: date) -> dict[str, str]:
        return {
            "day": self.form.first_of_month if day.day == 1 else str(day.day),
            "month": self.form.months[day.month - 1],
            "year": str(day.year),
            "weekday": self.form.weekdays[day.weekday()],
        }
