"""The market rules out of the checked policy files."""

from datetime import date

from chassis.policy_files import Markets
from payments.domain.policies import PaymentRules, rules_of


class MarketFiles:
    """Packs become typed rules once, then stay in memory: the files are read at the start only."""

    def __init__(self, markets: Markets) -> None:
        self._markets = markets
        self._rules = {pack.version: rules_of(pack) for pack in markets.all()}

    def of_version(self, version: str) -> PaymentRules:
        """The rules an order was made under; raises UnknownPolicyVersion."""
        found = self._rules.get(version)
        return found or rules_of(self._markets.by_version(version))

    def in_force(self, market: str, on: date) -> PaymentRules:
        """The rules of that day; raises UnknownMarket or MarketNotOpen."""
        return self._rules[self._markets.pack(market, on).version]
