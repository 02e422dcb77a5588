"""Numbers that carry check digits: VAT, company registration, bank account and device numbers.

A right check digit says that a number can exist, not that it is registered or belongs to anyone.
"""

import contextlib
import importlib
import re
import warnings
from collections.abc import Callable

import stdnum.at.businessid
import stdnum.be.vat
import stdnum.dk.cvr
import stdnum.eu.vat
import stdnum.fi.ytunnus
import stdnum.fr.siren
import stdnum.fr.siret
import stdnum.gb.vat
import stdnum.imei
from schwifty import IBAN
from schwifty.exceptions import NationalChecksumNotVerified, SchwiftyException
from stdnum.exceptions import ValidationError

from chassis.kernel.errors import Invalid


class VatNumberInvalid(Invalid):
    """The VAT number does not follow its country's form or check digit."""

    code = "vat_number_invalid"
    title = "This VAT number is not valid"


class SirenInvalid(Invalid):
    """Nine digits with a Luhn check digit."""

    code = "siren_invalid"
    title = "This SIREN is not valid"


class SiretInvalid(Invalid):
    """Fourteen digits: the SIREN and the number of the establishment."""

    code = "siret_invalid"
    title = "This SIRET is not valid"


class RegistrationNumberInvalid(Invalid):
    """The company registration number cannot exist in its country."""

    code = "registration_number_invalid"
    title = "This company registration number is not valid"


class IbanInvalid(Invalid):
    """The bank account number is mistyped."""

    code = "iban_invalid"
    title = "This IBAN is not valid"


class TaxNumberInvalid(Invalid):
    """The tax identification number cannot exist in its country."""

    code = "tax_number_invalid"
    title = "This tax number is not valid"


class ImeiInvalid(Invalid):
    """Fifteen digits with a Luhn check digit (3GPP TS 23.003)."""

    code = "imei_invalid"
    title = "This IMEI is not valid"


class SerialNumberInvalid(Invalid):
    """5 to 50 letters, digits, `/` or `-`."""

    code = "serial_number_invalid"
    title = "This serial number is not valid"


# Greece is GR in ISO 3166 and EL in VAT numbers; Northern Ireland is XI in VAT numbers only.
_VAT_PREFIXES = {"GR": "EL"}

_REGISTERS: dict[str, Callable[[str], str]] = {
    "AT": stdnum.at.businessid.validate,
    "BE": stdnum.be.vat.validate,
    "DK": stdnum.dk.cvr.validate,
    "FI": stdnum.fi.ytunnus.validate,
    "FR": stdnum.fr.siren.validate,
}
# Registers whose numbers have a fixed form but no public check digit: the Dutch chamber of commerce, Companies House.
_REGISTER_FORMS = {
    "NL": re.compile(r"[0-9]{8}"),
    "GB": re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}"),
}
# Which numbers are a taxpayer's identification number (TIN) in their country; of several kinds any one will do.
_TAX_NUMBERS = {
    "AT": ("at.tin",),
    "BE": ("be.vat", "be.nn"),
    "BG": ("bg.vat", "bg.egn"),
    "CY": ("cy.vat",),
    "CZ": ("cz.dic",),
    "DE": ("de.stnr", "de.idnr", "de.vat"),
    "DK": ("dk.cvr", "dk.cpr"),
    "EE": ("ee.registrikood", "ee.ik"),
    "ES": ("es.nif",),
    "FI": ("fi.ytunnus", "fi.hetu"),
    "FR": ("fr.siren", "fr.nif"),
    "GB": ("gb.utr", "gb.vat"),
    "GR": ("gr.vat",),
    "HR": ("hr.oib",),
    "HU": ("hu.anum",),
    "IE": ("ie.vat", "ie.pps"),
    "IT": ("it.iva", "it.codicefiscale"),
    "LT": ("lt.pvm", "lt.asmens"),
    "LU": ("lu.tva",),
    "LV": ("lv.pvn",),
    "MT": ("mt.vat",),
    "NL": ("nl.bsn", "nl.btw"),
    "PL": ("pl.nip", "pl.pesel"),
    "PT": ("pt.nif",),
    "RO": ("ro.cui", "ro.cnp"),
    "SE": ("se.orgnr", "se.personnummer", "se.vat"),
    "SI": ("si.ddv",),
    "SK": ("sk.dph", "sk.rc"),
}
_ANY_REGISTER_FORM = re.compile(r"(?=.*[0-9])[A-Z0-9./-]{4,20}")
_SERIAL_NUMBER = re.compile(r"[A-Za-z0-9/-]{5,50}")


def check_vat_number(country: str, number: str) -> str:
    """The number with its prefix and without separators, such as `FR44732829320`.

    `country` is the issuing state: an EU member (ISO code, or EL), GB, or XI for Northern Ireland. The number
    may come with or without its prefix.
    """
    country = country.upper()
    prefix = _VAT_PREFIXES.get(country, country)
    typed = re.sub(r"[\s./-]", "", number).upper()
    body = typed.removeprefix(prefix if typed.startswith(prefix) else country)
    try:
        if prefix == "GB" and not body.startswith("XI"):
            return prefix + stdnum.gb.vat.validate(body)
        if prefix in {"EU", "IM"}:
            raise VatNumberInvalid(f"{prefix} is no member state", country=country)
        return prefix + stdnum.eu.vat.validate(prefix + body).removeprefix(prefix)
    except ValidationError as wrong:
        raise VatNumberInvalid(f"not a VAT number of {country}", country=country) from wrong


def check_siren(number: str) -> str:
    """Nine digits without separators."""
    try:
        return stdnum.fr.siren.validate(number)
    except ValidationError as wrong:
        raise SirenInvalid from wrong


def check_siret(number: str) -> str:
    """Fourteen digits without separators; the branches of La Poste follow a rule of their own and are accepted."""
    try:
        return stdnum.fr.siret.validate(number)
    except ValidationError as wrong:
        raise SiretInvalid from wrong


def check_registration_number(country: str, number: str) -> str:
    """The company's number in its country's register, without separators where the register has a check digit.

    FR SIREN, BE enterprise number, DK CVR, FI Y-tunnus and AT Firmenbuch are checked in full, NL KvK and GB
    Companies House by form; elsewhere 4 to 20 letters, digits, `.`, `/` or `-` with at least one digit.
    """
    validate = _REGISTERS.get(country)
    if validate is not None:
        try:
            return validate(number)
        except ValidationError as wrong:
            raise RegistrationNumberInvalid(f"not a number of the register of {country}", country=country) from wrong
    compact = re.sub(r"\s", "", number).upper()
    if not _REGISTER_FORMS.get(country, _ANY_REGISTER_FORM).fullmatch(compact):
        raise RegistrationNumberInvalid(f"not a number of the register of {country}", country=country)
    return compact


def check_tax_number(country: str, number: str) -> str:
    """A taxpayer's identification number (TIN) of the issuing country, without separators where it has check digits.

    Of the members of the EU and of Great Britain form and check digits are looked at; elsewhere 4 to 20 letters, digits, `.`,
    `/` or `-` with at least one digit.
    """
    for name in _TAX_NUMBERS.get(country, ()):
        with contextlib.suppress(ValidationError):
            return str(importlib.import_module(f"stdnum.{name}").validate(number))
    compact = re.sub(r"\s", "", number).upper()
    if country in _TAX_NUMBERS or not _ANY_REGISTER_FORM.fullmatch(compact):
        raise TaxNumberInvalid(f"not a tax number of {country}", country=country)
    return compact


def check_iban(number: str) -> str:
    """The IBAN without spaces: length, form, mod-97 and the national check digits where the country has any."""
    return _iban(number).compact


def bic_of(iban: str) -> str | None:
    """The BIC of the account's bank, or None where the bank list does not know it."""
    bic = _iban(iban).bic
    return None if bic is None else bic.compact


def mask_iban(iban: str) -> str:
    """Country, check digits and the last four characters: enough to recognise an account, too little to use it."""
    compact = re.sub(r"\s", "", iban)
    return f"{compact[:4]}****{compact[-4:]}" if len(compact) > 12 else "****"


def check_imei(number: str) -> str:
    """Fifteen digits without separators."""
    try:
        imei = stdnum.imei.validate(number)
    except ValidationError as wrong:
        raise ImeiInvalid from wrong
    # The library also knows 14 digits (no check digit) and 16 (with the software version); neither can be checked.
    if len(imei) != 15:
        raise ImeiInvalid(f"{len(imei)} digits instead of 15")
    return imei


def check_serial_number(number: str) -> str:
    """The maker's serial number as typed, without surrounding blanks."""
    serial = number.strip()
    if not _SERIAL_NUMBER.fullmatch(serial):
        raise SerialNumberInvalid
    return serial


def _iban(number: str) -> IBAN:
    try:
        with warnings.catch_warnings():
            # Sweden and a few others declare national check digits that nobody can verify; mod-97 has to do there.
            warnings.simplefilter("ignore", NationalChecksumNotVerified)
            return IBAN(number, validate_bban=True)
    except SchwiftyException as wrong:
        # The library's message repeats the whole number, which must reach neither a log nor an answer.
        raise IbanInvalid(type(wrong).__name__) from None
