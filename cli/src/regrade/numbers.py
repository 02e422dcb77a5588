"""Numbers with valid check digits for demo companies and devices; none of them belongs to anybody we know of."""

import hashlib
import random


def siren(seed: str) -> str:
    """A French company number: nine digits that pass Luhn."""
    return _with_luhn("9" + _digits(seed, 7))


def french_vat_number(company: str) -> str:
    """The French VAT number that belongs to a SIREN."""
    return f"FR{(12 + 3 * (int(company) % 97)) % 97:02d}{company}"


def french_iban(seed: str) -> str:
    """A French IBAN with a right national key and right check digits."""
    bank, branch, account = "30004", "00811", _digits(seed, 11)
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    bban = f"{bank}{branch}{account}{key:02d}"
    # "FR00" moved to the end, letters as numbers: F = 15, R = 27.
    check = 98 - int(f"{bban}152700") % 97
    return f"FR{check:02d}{bban}"


def imei(seed: str) -> str:
    """An IMEI: fifteen digits that pass Luhn."""
    return _with_luhn("35" + _digits(seed, 12))


def _digits(seed: str, count: int) -> str:
    chance = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - demo data, not a secret
    return "".join(chance.choice("0123456789") for _ in range(count))


def _with_luhn(digits: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return f"{digits}{-total % 10}"
