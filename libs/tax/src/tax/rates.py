"""Standard VAT rates by country and day."""

from datetime import date

from tax.dated_data import in_force, load
from tax.errors import NoStandardRate
from tax.places import GREAT_BRITAIN, NORTHERN_IRELAND, vat_country


def standard_rate(country: str, on: date) -> str:
    """The standard rate in percent as text (`"20"`, `"25.5"`). Raises NoStandardRate where none is known."""
    code = GREAT_BRITAIN if country == NORTHERN_IRELAND else vat_country(country)
    for row in in_force(load("rates")["rates"], on):
        if row["country"] == code:
            return str(row["percent"])
    raise NoStandardRate(f"{code} on {on.isoformat()}")
