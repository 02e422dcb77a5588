"""Numbers with valid check digits for demo companies and devices; none of them belongs to anybody we know of."""

import hashlib
import random
from collections.abc import Callable
from itertools import count

from chassis.kernel import numbers as checks
from chassis.kernel.errors import Invalid

# A bank and branch of each country, in the form of its account numbers; the digits of the account follow.
_BANKS = {"BE": "539", "DK": "5000", "FR": "3000400811", "GB": "MIDL400515", "NL": "INGB"}
_ACCOUNT_DIGITS = {"BE": 9, "DK": 10, "FR": 13, "GB": 8, "NL": 10}
_REGISTER_FORMS = {"BE": ("0", 9), "DK": ("3", 7), "FR": ("9", 8), "GB": ("NI", 6), "NL": ("6", 7)}


def registration_number(country: str, seed: str) -> str:
    """A company number of the country's register: SIREN, KBO, CVR, KvK or Companies House."""
    prefix, digits = _REGISTER_FORMS[country]
    return _first_valid(
        lambda n: checks.check_registration_number(country, prefix + _digits(f"{seed}/{n}", digits)),
    )


def vat_number(country: str, seed: str) -> str:
    """The VAT number of the company of this seed; where the register's number is part of it, of that number."""
    match country:
        case "FR":
            siren = registration_number("FR", seed)
            return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"
        case "BE" | "DK":
            return country + registration_number(country, seed)
        case "NL":
            return _first_valid(lambda n: checks.check_vat_number("NL", f"{_digits(f'{seed}/vat/{n}', 9)}B01"))
        case _:
            return _first_valid(lambda n: checks.check_vat_number(country, _digits(f"{seed}/vat/{n}", 9)))


def iban(country: str, seed: str) -> str:
    """An account number with right check digits, the country's own included."""

    def attempt(n: int) -> str:
        bban = _BANKS[country] + _digits(f"{seed}/iban/{n}", _ACCOUNT_DIGITS[country])
        # ISO 13616: the country and 00 are moved to the end, and letters count as numbers, A = 10.
        as_number = int("".join(str(int(letter, 36)) for letter in f"{bban}{country}00"))
        return checks.check_iban(f"{country}{98 - as_number % 97:02d}{bban}")

    return _first_valid(attempt)


def imei(seed: str) -> str:
    """An IMEI: fifteen digits that pass Luhn."""
    return _with_luhn("35" + _digits(seed, 12))


def _first_valid(attempt: Callable[[int], str]) -> str:
    """The first number that its check lets pass: one in eleven or in a hundred does."""
    for n in count():
        try:
            return attempt(n)
        except Invalid:
            continue
    raise AssertionError("unreachable")


def _digits(seed: str, count_: int) -> str:
    chance = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - demo data, not a secret
    return "".join(chance.choice("0123456789") for _ in range(count_))


def _with_luhn(digits: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return f"{digits}{-total % 10}"
