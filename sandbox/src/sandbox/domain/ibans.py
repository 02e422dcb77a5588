"""IBANs: valid ones for virtual accounts, and a check for everybody else's."""

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from sandbox.domain.errors import CountryWithoutIbans, IbanInvalid

# Bank and branch codes that no bank has, so that money sent by mistake to a sandbox IBAN reaches nobody.
_BANKS = {
    "AT": ("99999", ""),
    "BE": ("999", ""),
    "DE": ("99999999", ""),
    "DK": ("9999", ""),
    "ES": ("9999", "0001"),
    "FI": ("999", ""),
    "FR": ("99999", "00001"),
    "GB": ("RGRD", "999999"),
    "IE": ("RGRD", "999999"),
    "IT": ("99999", "00001"),
    "LU": ("997", ""),
    "NL": ("RGRD", ""),
    "PL": ("999", "0000"),
    "PT": ("9999", "0001"),
    "SE": ("999", ""),
}


def virtual_iban(country: str, number: int) -> str:
    """The `number`-th virtual IBAN; unique per country because the number is the account number.

    Raises CountryWithoutIbans.
    """
    if country not in _BANKS:
        raise CountryWithoutIbans(f"Accounts exist in {', '.join(sorted(_BANKS))}.")
    bank, branch = _BANKS[country]
    return str(IBAN.generate(country, bank, str(number), branch))


def virtual_bic(country: str) -> str:
    """The provider's BIC in that country: a 0 in eighth place marks a test BIC (ISO 9362)."""
    return f"REGR{country}P0XXX"


def compact_iban(text: str) -> str:
    """The IBAN without spaces, checked for length and check digits (ISO 13616). Raises IbanInvalid."""
    try:
        return str(IBAN(text))
    except (SchwiftyException, ValueError) as reason:
        raise IbanInvalid("Length, characters or check digits are wrong.") from reason
