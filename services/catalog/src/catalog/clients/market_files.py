"""The market rules of `markets/`, as the catalogue reads them."""

from datetime import date

from catalog.domain.grades import ladder_of, scale_of
from catalog.domain.policies import MarketRules, rules_of
from catalog.domain.quote_rules import QuoteRules, quote_rules_of
from chassis.policy_files import Markets


class MarketFiles:
    """Keeps each version once it was read: a pack never changes while the process runs."""

    def __init__(self, markets: Markets) -> None:
        self._markets = markets
        self._rules: dict[tuple[str, str], MarketRules] = {}
        self._quotes: dict[str, QuoteRules] = {}
        self._ladder = ladder_of(scale_of(pack.records("grades.scale")) for pack in markets.all())

    def of(self, market: str, day: date) -> MarketRules:
        """The rules in force; raises UnknownMarket or MarketNotOpen."""
        pack = self._markets.pack(market, day)
        key = (market, pack.version)
        if key not in self._rules:
            self._rules[key] = rules_of(pack, self._ladder)
        return self._rules[key]

    def names(self) -> tuple[str, ...]:
        """All markets."""
        return self._markets.names()

    def default_market(self) -> str:
        """The market of whoever names none."""
        return self._markets.default()

    def quotes_in_force(self, market: str, day: date) -> QuoteRules:
        """The rules of quotes in force; raises UnknownMarket or MarketNotOpen."""
        return self.quotes_of_version(self._markets.pack(market, day).version)

    def quotes_of_version(self, version: str) -> QuoteRules:
        """Those an older request was made under; raises UnknownPolicyVersion."""
        if version not in self._quotes:
            self._quotes[version] = quote_rules_of(self._markets.by_version(version))
        return self._quotes[version]
