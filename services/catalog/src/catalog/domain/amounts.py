"""Reads amounts as people write them in tables. What could mean two amounts is refused: money is never guessed."""

import re
from enum import StrEnum
from typing import NamedTuple

from catalog.domain.errors import LineProblem
from chassis.kernel.money import exponent

# Symbols that stand for one currency of the platform; a crown is Danish, Swedish, Norwegian, Czech or Icelandic.
_SYMBOLS = {"€": "EUR", "£": "GBP"}
_SYMBOLS_OF_SEVERAL = {"kr", "kr."}
_CELL = re.compile(
    r"(?P<before>[A-Za-z€£.]{0,4})[\s\u00a0\u202f]*(?P<sign>[-+−]?)[\s\u00a0\u202f]*"
    r"(?P<number>[0-9][0-9.,'’\s\u00a0\u202f]*?)[\s\u00a0\u202f]*(?P<after>[A-Za-z€£]{0,4}\.?)"
)
# Signs between groups of three digits that are no decimal mark anywhere.
_GROUPING_ONLY = "['’\\s\u00a0\u202f]"
_IN_GROUPS = re.compile(rf"[0-9]{{1,3}}(?:{_GROUPING_ONLY}[0-9]{{3}})+(?:[.,][0-9]+)?")
_GROUP_DIGITS = 3
# Longer than any amount that is taken: a line of digits would cost time and mean nothing.
_LENGTH_MAX = 40


class DecimalMark(StrEnum):
    """What separates euros from cents."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        """The character itself."""
        return "." if self is DecimalMark.POINT else ","

    @property
    def other(self) -> "DecimalMark":
        """What then groups thousands."""
        return DecimalMark.COMMA if self is DecimalMark.POINT else DecimalMark.POINT


class MarksSeen:
    """What the amounts of a file tell about its decimal mark, cell by cell."""

    def __init__(self) -> None:
        self._seen: set[DecimalMark] = set()

    def look(self, cell: str) -> None:
        """Take a cell into account; most of them settle nothing or the same."""
        if len(self._seen) < len(DecimalMark) and (mark := told_by(cell)) is not None:
            self._seen.add(mark)

    @property
    def verdict(self) -> DecimalMark | None:
        """The mark of the file; None where no cell tells, or two cells contradict each other."""
        return next(iter(self._seen)) if len(self._seen) == 1 else None

    @property
    def contradict(self) -> bool:
        """Whether both marks are used in one file."""
        return len(self._seen) == len(DecimalMark)


class Amount(NamedTuple):
    """Minor units, and the currency if the cell names one."""

    minor: int
    currency: str | None


class AmountNotRead(Exception):
    """A cell that holds no amount, or two; `problem` says which."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = LineProblem(code, _TITLES[code], detail)


_TITLES = {
    "amount_unreadable": "The amount cannot be read",
    "amount_ambiguous": "The amount could mean two things",
    "amount_not_positive": "The amount must not be negative",
    "amount_too_precise": "The amount has more decimals than its currency",
    "currency_missing": "The amount has no currency",
    "currency_differs": "The amount names another currency than its line",
}


def told_by(cell: str) -> DecimalMark | None:
    """The decimal mark that this cell alone proves: `389,5` and `1.234,50` do, `1,234` and `389` do not."""
    found = _CELL.fullmatch(cell.strip()) if len(cell) <= _LENGTH_MAX else None
    return _mark_in(_ungrouped(found["number"])) if found else None


def read_amount(cell: str, mark: DecimalMark | None, currency: str | None) -> Amount:
    """The amount of a cell in the currency it names, else in `currency`; raises AmountNotRead.

    With a known mark the other sign may only group thousands. Without one a cell has to speak for itself: `389.00` does,
    `1,234` does not.
    """
    text = cell.strip()
    found = _CELL.fullmatch(text) if len(text) <= _LENGTH_MAX else None
    if found is None:
        raise AmountNotRead("amount_unreadable", f"{_shown(text)} is no amount")
    named = _currency_of(found["before"], text) or _currency_of(found["after"], text)
    if named and currency and named != currency:
        raise AmountNotRead("currency_differs", f"{_shown(text)} stands in a line in {currency}")
    valid_in = named or currency
    if valid_in is None:
        raise AmountNotRead("currency_missing", f"{_shown(text)} names no currency, nor does its line")
    if found["sign"] in ("-", "−"):
        raise AmountNotRead("amount_not_positive", f"{_shown(text)} is negative")
    whole, decimals = _parts(_ungrouped(found["number"]), mark, text)
    places = exponent(valid_in)
    if len(decimals) > places:
        raise AmountNotRead(
            "amount_too_precise", f"{_shown(text)} has {len(decimals)} decimals, {valid_in} has {places}"
        )
    return Amount(int(whole + decimals.ljust(places, "0")), named)


def _parts(number: str, mark: DecimalMark | None, text: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    if mark is None:
        mark = _mark_in(number)
        if mark is None and re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", number):
            raise AmountNotRead(
                "amount_ambiguous", f"{_shown(text)}: thousands or decimals? Say which mark the file uses"
            )
        # Where no mark is left to find, whatever sign there is groups thousands.
        mark = mark or (DecimalMark.POINT if "," in number else DecimalMark.COMMA)
    whole, _, decimals = number.partition(mark.sign)
    groups = whole.split(mark.other.sign)
    grouped = len(groups) == 1 or (
        1 <= len(groups[0]) <= _GROUP_DIGITS and all(len(group) == _GROUP_DIGITS for group in groups[1:])
    )
    if not grouped or not "".join(groups).isdecimal() or not (decimals if mark.sign in number else "0").isdecimal():
        raise AmountNotRead("amount_unreadable", f"{_shown(text)} is no amount with a decimal {mark}")
    return "".join(groups), decimals


def _mark_in(number: str) -> DecimalMark | None:
    """The mark that a number without spaces proves."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        last = DecimalMark.POINT if number.rfind(".") > number.rfind(",") else DecimalMark.COMMA
        return last if number.count(last.sign) == 1 else None
    if points + commas != 1:
        return None
    mark = DecimalMark.POINT if points else DecimalMark.COMMA
    whole, _, decimals = number.partition(mark.sign)
    if len(decimals) == _GROUP_DIGITS and len(whole) <= _GROUP_DIGITS and not whole.startswith("0"):
        return None
    return mark if decimals else None


def _ungrouped(number: str) -> str:
    # Only where they make groups of three: `1 2` is two numbers.
    return re.sub(_GROUPING_ONLY, "", number) if _IN_GROUPS.fullmatch(number) else number


def _currency_of(word: str, text: str) -> str | None:
    if not word or word.casefold() in _SYMBOLS_OF_SEVERAL:
        return None
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if len(word) == _GROUP_DIGITS and word.isalpha() and word.isascii():
        return word.upper()
    raise AmountNotRead("amount_unreadable", f"{_shown(text)}: {word} is no currency")


def _shown(text: str) -> str:
    return f"“{text[:_LENGTH_MAX]}”"
