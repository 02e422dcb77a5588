"""The markets' rules about claims, read from the policy packs."""

from datetime import datetime

import structlog

from aftersales.domain.case_rules import CaseRules, case_rules_of
from aftersales.domain.policies import CoverageRules, rules_of
from chassis.kernel.policy import PolicyPack, UnknownPolicyVersion
from chassis.policy_files import Markets

log = structlog.get_logger(__name__)


class MarketFiles:
    """The packs that were loaded at start."""

    def __init__(self, markets: Markets) -> None:
        self._markets = markets

    def rules(self, market: str, version: str, delivered_at: datetime) -> CoverageRules:
        """The rules that were frozen on the order.

        Where no file yields that version any more, because a dated file was edited in place, the rules of the day of the
        delivery count: a buyer without any window and money that is never released would be worse. It is logged, and the
        coverage keeps the version that was really used.
        """
        return rules_of(self._pack(market, version, delivered_at))

    def case_rules(self, market: str, version: str, at: datetime) -> CaseRules:
        """The rules of a case, under the same version."""
        return case_rules_of(self._pack(market, version, at))

    def _pack(self, market: str, version: str, at: datetime) -> PolicyPack:
        try:
            return self._markets.by_version(version)
        except UnknownPolicyVersion:
            pack = self._markets.pack(market, at.date())
            log.warning("policy.version_gone", market=market, version=version, used=pack.version)
            return pack
