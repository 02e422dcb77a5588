"""Which VAT territory a country and post code belong to."""

from datetime import date

from tax.dated_data import in_force, load

NORTHERN_IRELAND = "XI"
GREAT_BRITAIN = "GB"
UNITED_KINGDOM = frozenset({GREAT_BRITAIN, NORTHERN_IRELAND})
UNITED_STATES = "US"


def territory(country: str, postal_code: str, on: date) -> str:
    """The code the VAT rules use: ISO, with EL read as GR and a British post code BT… read as XI."""
    code = vat_country(country)
    for row in in_force(load("places")["northern_ireland"], on):
        if code == row["country"] and _starts(postal_code, row["postal_prefixes"]):
            return str(row["code"])
    return code


def vat_country(prefix: str) -> str:
    """The country of a VAT number's prefix: Greece writes EL where ISO says GR."""
    code = prefix.upper()
    return "GR" if code == "EL" else code


def follows_eu_goods_rules(code: str, on: date) -> bool:
    """Member states, and Northern Ireland for goods."""
    return code == NORTHERN_IRELAND or is_member(code, on)


def is_member(code: str, on: date) -> bool:
    """True for a member state of the European Union on that day."""
    return any(code in row["countries"] for row in in_force(load("places")["members"], on))


def special_area(country: str, postal_code: str, on: date) -> str | None:
    """The name of the area outside its country's VAT territory that this address lies in, if any."""
    code = vat_country(country)
    for row in in_force(load("places")["special_areas"], on):
        if code in row["codes"] or (code == row["country"] and _starts(postal_code, row["postal_prefixes"])):
            return str(row["name"])
    return None


def _starts(postal_code: str, prefixes: list[str]) -> bool:
    bare = postal_code.upper().replace(" ", "").replace("-", "")
    # People write the country before the code (FR-97400, AX-22100); the letters are not part of it.
    without_country = bare.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return any(bare.startswith(prefix) or without_country.startswith(prefix) for prefix in prefixes)
