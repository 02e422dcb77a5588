"""What a market decides about accounts, as typed values."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.domain.document import DocumentKind
from accounts.domain.errors import CountryNotServed
from chassis.kernel.policy import PolicyPack


@dataclass(frozen=True)
class MarketRules:
    """`countries` are those it delivers to; the first of its `languages` is the one of whoever chose none.

    `kept_years` is how long the law wants invoices and their proofs. `erased_after_years` counts from the last purchase; None
    where a company is erased on request only. `support_only_fields` are what a company may not change itself: email, address,
    vat_number, legal_name.
    """

    market: str
    countries: frozenset[str]
    languages: tuple[str, ...]
    currencies: tuple[str, ...]
    single_seller: bool
    link_valid_for: timedelta
    calendar: str
    reminder_business_days: int
    application_lapses_after: timedelta
    password_link_valid_for: timedelta
    support_only_fields: frozenset[str]
    kept_years: int
    erased_after_years: int | None
    required_documents: tuple[DocumentKind, ...]
    document_reminder_before: timedelta
    tax_data_within: timedelta
    tax_data_reminders: int
    mandate_renewed_within: timedelta

    @property
    def language(self) -> str:
        """What is spoken with whoever said nothing about it."""
        return self.languages[0]

    def check_country(self, country: str) -> None:
        """A buyer sits where the market delivers."""
        if country not in self.countries:
            raise CountryNotServed(country=country, market=self.market)


def market_rules(pack: PolicyPack) -> MarketRules:
    """The rules of a pack that concern accounts."""
    return MarketRules(
        market=pack.market,
        countries=frozenset(pack.texts("delivery.countries")),
        languages=tuple(pack.texts("identity.languages")),
        currencies=tuple(pack.texts("identity.currencies")),
        single_seller=pack.text("identity.model") == "single_seller",
        link_valid_for=timedelta(hours=pack.integer("accounts.activation_hours")),
        calendar=pack.text("calendars.market"),
        reminder_business_days=pack.integer("sellers.review_reminder_business_days"),
        application_lapses_after=timedelta(days=pack.integer("sellers.application_lapses_days")),
        password_link_valid_for=timedelta(minutes=pack.integer("accounts.password_reset_minutes")),
        support_only_fields=frozenset(pack.texts("accounts.support_only_fields")),
        kept_years=pack.integer("documents.kept_years"),
        erased_after_years=(
            pack.integer("accounts.erasure_years")
            if pack.text("accounts.erasure") == "years_after_last_purchase"
            else None
        ),
        required_documents=tuple(DocumentKind(kind) for kind in pack.texts("sellers.required_documents")),
        document_reminder_before=timedelta(days=pack.integer("sellers.document_reminder_days")),
        tax_data_within=timedelta(days=pack.integer("payouts.tax_data_block_days")),
        tax_data_reminders=pack.integer("payouts.tax_data_reminders"),
        mandate_renewed_within=timedelta(days=pack.integer("sellers.mandate_renewal_days")),
    )
