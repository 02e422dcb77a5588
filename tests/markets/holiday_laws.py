"""Public holidays as the law of each place names them, worked out without any library.

Only days that stop business count; a place whose regions have holidays of their own is meant nation-wide. A day that falls on a
weekend matters only where the law moves it. The years are 2024 to 2035, the acts as they read for them.
"""

from collections.abc import Callable
from datetime import date, timedelta

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6


def easter(year: int) -> date:
    """Sunday after the paschal full moon of the Gregorian computus, found moon by moon instead of by a closed formula."""
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped_leap_days = 3 * century // 4 - 12
    moon_correction = (8 * century + 5) // 25 - 5
    epact = (11 * golden + 20 + moon_correction - skipped_leap_days) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    day = 44 - epact
    if day < 21:
        day += 30
    full_moon = date(year, 3, 1) + timedelta(days=day - 1)
    return full_moon + timedelta(days=7 - (full_moon.weekday() + 1) % 7)


def days(year: int, *fixed: tuple[int, int]) -> set[date]:
    """(month, day) pairs."""
    return {date(year, month, day) for month, day in fixed}


def moved(year: int, *after_easter: int) -> set[date]:
    """So many days after Easter Sunday: -2 Good Friday, 1 Easter Monday, 39 Ascension, 50 Whit Monday, 60 Corpus Christi."""
    return {easter(year) + timedelta(days=n) for n in after_easter}


def nth(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th such weekday of a month; n = -1 is the last."""
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def france(year: int) -> set[date]:
    """Code du travail, art. L3133-1."""
    return days(year, (1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)) | moved(year, 1, 39, 50)


def belgium(year: int) -> set[date]:
    """Arrêté royal du 18 avril 1974, art. 1."""
    return days(year, (1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)) | moved(year, 1, 39, 50)


def netherlands(year: int) -> set[date]:
    """Algemene termijnenwet, art. 3, which puts Good Friday beside its holidays. Its 5 May binds the terms of acts; business
    rests on it in every fifth year alone."""
    kings_day = date(year, 4, 27)
    if kings_day.weekday() == SUNDAY:
        kings_day = date(year, 4, 26)
    liberation = days(year, (5, 5)) if year % 5 == 0 else set()
    return days(year, (1, 1), (12, 25), (12, 26)) | {kings_day} | liberation | moved(year, -2, 1, 39, 50)


def denmark(year: int) -> set[date]:
    """Lov om folkekirkens helligdage; the Great Prayer Day is none any more since 2024."""
    return days(year, (1, 1), (12, 25), (12, 26)) | moved(year, -3, -2, 1, 39, 50)


def england(year: int) -> set[date]:
    """Banking and Financial Dealings Act 1971, schedule 1, and the yearly proclamations."""
    return bank_holidays(year, (1, 1), (12, 25), (12, 26))


def northern_ireland(year: int) -> set[date]:
    """As England, with St Patrick's Day and the Twelfth of July."""
    return bank_holidays(year, (1, 1), (3, 17), (7, 12), (12, 25), (12, 26))


def bank_holidays(year: int, *fixed: tuple[int, int]) -> set[date]:
    """The Mondays, Good Friday, and fixed days, of which a weekend's moves to the next weekday that is free."""
    taken = moved(year, -2, 1)
    taken |= {nth(year, 5, MONDAY, 1), nth(year, 5, MONDAY, -1), nth(year, 8, MONDAY, -1)}
    for month, day in fixed:
        kept = date(year, month, day)
        while kept.weekday() >= SATURDAY or kept in taken:
            kept += timedelta(days=1)
        taken.add(kept)
    return taken


def ireland(year: int) -> set[date]:
    """Organisation of Working Time Act 1997, schedule 2, with St Brigid's Day since 2023."""
    brigid = date(year, 2, 1)
    if brigid.weekday() != 4:
        brigid = nth(year, 2, MONDAY, 1)
    mondays = {nth(year, month, MONDAY, 1) for month in (5, 6, 8)} | {nth(year, 10, MONDAY, -1)}
    return days(year, (1, 1), (3, 17), (12, 25), (12, 26)) | moved(year, 1) | mondays | {brigid}


def germany(year: int) -> set[date]:
    """What the acts of all sixteen states have in common."""
    return days(year, (1, 1), (5, 1), (10, 3), (12, 25), (12, 26)) | moved(year, -2, 1, 39, 50)


def luxembourg(year: int) -> set[date]:
    """Code du travail, art. L. 232-2."""
    fixed = days(year, (1, 1), (5, 1), (5, 9), (6, 23), (8, 15), (11, 1), (12, 25), (12, 26))
    return fixed | moved(year, 1, 39, 50)


def austria(year: int) -> set[date]:
    """Feiertagsruhegesetz 1957, § 1."""
    fixed = days(year, (1, 1), (1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 25), (12, 26))
    return fixed | moved(year, 1, 39, 50, 60)


def italy(year: int) -> set[date]:
    """Legge 260/1949; 4 October again since 2026 (legge 151/2025)."""
    francis = days(year, (10, 4)) if year >= 2026 else set()
    fixed = days(year, (1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
    return fixed | francis | moved(year, 1)


def spain(year: int) -> set[date]:
    """Real Decreto 2001/1983, art. 45: what no region replaces."""
    fixed = days(year, (1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25))
    return fixed | moved(year, -2)


def portugal(year: int) -> set[date]:
    """Código do Trabalho, art. 234."""
    fixed = days(year, (1, 1), (4, 25), (5, 1), (6, 10), (8, 15), (10, 5), (11, 1), (12, 1), (12, 8), (12, 25))
    return fixed | moved(year, -2, 60)


def poland(year: int) -> set[date]:
    """Ustawa o dniach wolnych od pracy; Christmas Eve since 2025."""
    eve = days(year, (12, 24)) if year >= 2025 else set()
    fixed = days(year, (1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
    return fixed | eve | moved(year, 1, 60)


def target(year: int) -> set[date]:
    """The ECB's long-term calendar of closing days."""
    return days(year, (1, 1), (5, 1), (12, 25), (12, 26)) | moved(year, -2, 1)


def united_states(year: int) -> set[date]:
    """5 U.S.C. 6103: a Saturday's day is kept on Friday, a Sunday's on Monday."""
    kept = set()
    # New Year's Day of the next year may be kept on the last day of this one.
    fixed = days(year, (1, 1), (6, 19), (7, 4), (11, 11), (12, 25)) | days(year + 1, (1, 1))
    for day in fixed:
        day += timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0))
        if day.year == year:
            kept.add(day)
    kept |= {nth(year, 1, MONDAY, 3), nth(year, 2, MONDAY, 3), nth(year, 5, MONDAY, -1), nth(year, 9, MONDAY, 1)}
    return kept | {nth(year, 10, MONDAY, 2), nth(year, 11, THURSDAY, 4)}


def finland(year: int) -> set[date]:
    """Vuosilomalaki (162/2005), § 4, which keeps both eves; Midsummer and All Saints are Saturdays."""
    midsummer_eve = nth(year, 6, SATURDAY, 3) - timedelta(days=1)
    if midsummer_eve < date(year, 6, 19):
        midsummer_eve += timedelta(days=7)
    fixed = days(year, (1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26))
    return fixed | {midsummer_eve} | moved(year, -2, 1, 39)


def sweden(year: int) -> set[date]:
    """Lag (1989:253) om allmänna helgdagar; Midsummer and All Saints are Saturdays."""
    return days(year, (1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26)) | moved(year, -2, 1, 39)


# By the name of the calendar.
LAWS: dict[str, Callable[[int], set[date]]] = {
    "AT": austria,
    "BE": belgium,
    "DE": germany,
    "DK": denmark,
    "ES": spain,
    "FI": finland,
    "FR": france,
    "GB-ENG": england,
    "GB-NIR": northern_ireland,
    "IE": ireland,
    "IT": italy,
    "LU": luxembourg,
    "NL": netherlands,
    "PL": poland,
    "PT": portugal,
    "SE": sweden,
    "TARGET": target,
    "US": united_states,
}
