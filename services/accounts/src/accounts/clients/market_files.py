"""The markets' rules about accounts, read from the policy packs."""

from datetime import date

from accounts.domain.market_facts import MarketFacts, market_facts
from accounts.domain.policies import MarketRules, market_rules
from chassis.policy_files import Markets


class MarketFiles:
    """The packs that were loaded at start."""

    def __init__(self, markets: Markets) -> None:
        self._markets = markets

    def default(self) -> str:
        """The market of whoever names none."""
        return self._markets.default()

    def rules(self, market: str, on: date) -> MarketRules:
        """What is in force on that day."""
        return market_rules(self._markets.pack(market, on))

    def open_on(self, day: date) -> list[MarketFacts]:
        """What may be known of each market that is open on that day, in alphabetical order."""
        return [market_facts(pack) for pack in self._markets.in_force(day)]
