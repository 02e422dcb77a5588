"""The market rules out of the checked policy files."""

from datetime import date
from functools import lru_cache

from chassis.policy_files import Markets
from orders.domain.policies import OrderRules, rules_of


class MarketFiles:
    """Packs become typed rules once, then stay in memory: the files are read at the start only."""

    def __init__(self, markets: Markets) -> None:
        self._markets = markets
        self._rules = {pack.version: rules_of(pack) for pack in markets.all()}
        self.in_force = lru_cache(maxsize=256)(self._in_force)

    def of_version(self, version: str) -> OrderRules:
        """The rules an older order was made under; raises UnknownPolicyVersion."""
        found = self._rules.get(version)
        return found or rules_of(self._markets.by_version(version))

    def all_in_force(self, on: date) -> tuple[OrderRules, ...]:
        """Of every market that is open on that day."""
        return tuple(self._rules[pack.version] for pack in self._markets.in_force(on))

    def _in_force(self, market: str, on: date) -> OrderRules:
        return self._rules[self._markets.pack(market, on).version]
