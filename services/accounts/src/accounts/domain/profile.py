"""A company's profile: what of it may be changed, by whom, and what a change says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.domain.errors import CountryFixed, LanguageNotOffered, SupportOnly, VatNumbersMissing
from accounts.domain.names import check_names
from accounts.domain.policies import MarketRules
from accounts.domain.values import Address, Contact, VatNumber, vat_number

# How the markets' `accounts.support_only_fields` call what is changed here.
_SUPPORT_NAMES = {
    "legal_name": "legal_name",
    "address": "address",
    "contact_email": "email",
    "vat_numbers": "vat_number",
}


@dataclass(frozen=True)
class ProfileRules:
    """What the markets of a company say about its profile; of several markets the strictest holds."""

    support_only: frozenset[str]
    languages: frozenset[str]
    needs_vat_number: bool

    @classmethod
    def of(cls, markets: list[MarketRules], *, needs_vat_number: bool) -> "ProfileRules":
        """`needs_vat_number` is true of sellers: they need one where they sit."""
        return cls(
            support_only=frozenset(name for rules in markets for name in rules.support_only_fields),
            languages=frozenset(language for rules in markets for language in rules.languages),
            needs_vat_number=needs_vat_number,
        )


@dataclass(frozen=True)
class ProfileChange:
    """What shall be different; None stays as it is. `vat_numbers` are all of them, by ISO country, as typed."""

    legal_name: str | None = None
    legal_form: str | None = None
    share_capital: str | None = None
    country: str | None = None
    address: Address | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    contact_phone: str | None = None
    vat_numbers: Mapping[str, str] | None = None
    language: str | None = None

    def check(self, rules: ProfileRules, country: str) -> None:
        """Refuse what nobody may change, the operator neither; `country` is where the company is registered."""
        for asked in (self.country, self.address.country if self.address else None):
            if asked not in (None, country):
                raise CountryFixed(country=country)
        if self.language is not None and self.language not in rules.languages:
            raise LanguageNotOffered(languages=sorted(rules.languages))
        if self.vat_numbers is not None and rules.needs_vat_number and country not in self.vat_numbers:
            raise VatNumbersMissing(country=country)
        where = self.address
        check_names(
            legal_name=self.legal_name,
            legal_form=self.legal_form,
            contact_name=self.contact_name,
            street=where.street if where else None,
            city=where.city if where else None,
        )

    def applied_to(self, profile: "Profile") -> "Profile":
        """The profile afterwards; a VAT number that was there keeps what the register said about it."""
        contact = profile.contact
        return Profile(
            legal_name=self.legal_name or profile.legal_name,
            legal_form=self.legal_form or profile.legal_form,
            share_capital=self.share_capital or profile.share_capital,
            address=self.address or profile.address,
            contact=replace(
                contact,
                name=self.contact_name or contact.name,
                email=self.contact_email or contact.email,
                phone=self.contact_phone or contact.phone,
            ),
            vat_numbers=profile.vat_numbers if self.vat_numbers is None else self._numbers(profile.vat_numbers),
            language=self.language or profile.language,
        )

    def _numbers(self, known: tuple[VatNumber, ...]) -> tuple[VatNumber, ...]:
        assert self.vat_numbers is not None
        typed = [vat_number(country, number) for country, number in self.vat_numbers.items()]
        kept = {vat.number: vat for vat in known}
        return tuple(kept.get(vat.number, vat) for vat in typed)


@dataclass(frozen=True)
class Profile:
    """The part of a company that can be edited."""

    legal_name: str
    legal_form: str | None
    share_capital: str | None
    address: Address
    contact: Contact
    vat_numbers: tuple[VatNumber, ...]
    language: str

    def differences(self, after: "Profile") -> tuple[str, ...]:
        """The names of the fields that differ, in a fixed order; they are public, the values are not."""
        return tuple(name for name in vars(self) if _value(self, name) != _value(after, name))

    def check_support_only(self, after: "Profile", rules: ProfileRules) -> None:
        """Refuse what only support may change in a market of the company, naming the fields."""
        differing = set(self.differences(after))
        if self.contact.email != after.contact.email:
            differing.add("contact_email")
        named = {_SUPPORT_NAMES[field] for field in differing if field in _SUPPORT_NAMES}
        if refused := sorted(named & rules.support_only):
            raise SupportOnly(fields=refused)


def _value(profile: Profile, name: str) -> Any:
    # In which order somebody names the countries says nothing.
    return frozenset(profile.vat_numbers) if name == "vat_numbers" else getattr(profile, name)
