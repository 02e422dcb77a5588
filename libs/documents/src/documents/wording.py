"""Words, amounts, days and account numbers as the reader of one language writes them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from documents.errors import UnknownCurrency, UnknownLanguage
from documents.parties import Address

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"


@cache
def data(name: str) -> Mapping[str, Any]:
    """The table of `data/<name>.toml`, read once a process."""
    return tomllib.loads(files("documents").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Wording:
    """One language and one currency."""

    language: str
    currency: str

    def __post_init__(self) -> None:
        if self.language not in data("labels"):
            raise UnknownLanguage(self.language)
        if self.currency not in data("currencies"):
            raise UnknownCurrency(self.currency)

    @property
    def _words(self) -> Mapping[str, Any]:
        words: Mapping[str, Any] = data("labels")[self.language]
        return words

    def label(self, name: str, /, **values: str) -> str:
        """The words for `name`, filled in."""
        return str(self._words[name]).format(**values)

    def counted(self, name: str, count: int) -> str:
        """The words for `name` with so many of what it counts: `{ one, more }`, and `none` where nothing has words of its own."""
        forms = self._words[name]
        form = "one" if count == 1 else "none" if not count and "none" in forms else "more"
        return str(forms[form]).format(count=count)

    def amount(self, minor: int) -> str:
        """`1 560,48 €` in French, `€1,560.48` in English; a minus stands before everything."""
        sign = data("currencies")[self.currency]
        if not self._words["currency_first"]:
            return f"{self.number(minor)}{NO_BREAK}{sign}"
        gap = "" if len(sign) == 1 and self.language == "en" else NO_BREAK
        return f"{'−' if minor < 0 else ''}{sign}{gap}{self.number(abs(minor))}"

    def number(self, minor: int) -> str:
        """`1 560,48`: an amount whose currency the column names."""
        whole, cents = divmod(abs(minor), 100)
        grouped = f"{whole:,}".replace(",", self._thousands)
        return f"{'−' if minor < 0 else ''}{grouped}{self._words['decimal']}{cents:02d}"

    def percent(self, percent: str | None) -> str:
        """`25,5 %`; a dash where there is no rate."""
        if percent is None:
            return "–"
        return f"{percent.replace('.', self._words['decimal'])}{NO_BREAK}%"

    def day(self, day: date) -> str:
        """`23 novembre 2026`."""
        return self.label(
            "date", day=self._day_of_month(day), month=self._words["months"][day.month - 1], year=str(day.year)
        )

    def moment(self, instant: datetime, time_zone: str) -> str:
        """`vendredi 27 novembre 2026 à 23:59 (heure locale, Paris)`."""
        local = instant.astimezone(ZoneInfo(time_zone))
        words = self.label(
            "moment",
            weekday=self._words["weekdays"][local.weekday()],
            day=self._day_of_month(local),
            month=self._words["months"][local.month - 1],
            year=str(local.year),
            time=f"{local:%H:%M}",
        )
        city = data("cities")[self.language].get(time_zone, time_zone.rsplit("/", 1)[-1].replace("_", " "))
        return f"{words} ({self.label('place', city=city)})"

    def _day_of_month(self, day: date) -> str:
        first = str(self._words.get("first_of_month", "1"))
        return first if day.day == 1 else str(day.day)

    def country(self, code: str) -> str:
        """The country's name."""
        iso = iso_country(code)
        return str(data("countries")[self.language].get(iso, iso))

    def address_lines(self, address: Address) -> list[str]:
        """The lines of an envelope below the name."""
        town = f"{address.postal_code} {address.city}".strip()
        return [line for line in (address.line1, address.line2, town, self.country(address.country)) if line]

    @property
    def _thousands(self) -> str:
        mark = str(self._words["thousands"])
        return NARROW_NO_BREAK if mark == " " else mark


def grouped_iban(iban: str) -> str:
    """In fours, as banks print it, on one line."""
    bare = iban.replace(" ", "")
    return NO_BREAK.join(bare[i : i + 4] for i in range(0, len(bare), 4))


def decimal_text(minor: int) -> str:
    """`1234.50` for 123450: for XML and QR codes, never for computing."""
    sign, digits = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{digits // 100}.{digits % 100:02d}"


def iso_country(code: str) -> str:
    """Northern Ireland is XI for VAT and GB on an envelope."""
    return "GB" if code == "XI" else code
