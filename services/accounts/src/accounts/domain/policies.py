"""What a market decides about accounts, as typed values."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.domain.errors import CountryNotServed
from chassis.kernel.policy import PolicyPack


@dataclass(frozen=True)
class MarketRules:
    """`countries` are those it delivers to, `language` the one of whoever chose none."""

    market: str
    countries: frozenset[str]
    language: str
    single_seller: bool
    link_valid_for: timedelta
    password_link_valid_for: timedelta

    def check_country(self, country: str) -> None:
        """A buyer sits where the market delivers."""
        if country not in self.countries:
            raise CountryNotServed(country=country, market=self.market)


def market_rules(pack: PolicyPack) -> MarketRules:
    """The rules of a pack that concern accounts."""
    return MarketRules(
        market=pack.market,
        countries=frozenset(pack.texts("delivery.countries")),
        language=pack.texts("identity.languages")[0],
        single_seller=pack.text("identity.model") == "single_seller",
        link_valid_for=timedelta(hours=pack.integer("accounts.activation_hours")),
        password_link_valid_for=timedelta(minutes=pack.integer("accounts.password_reset_minutes")),
    )
