"""The payment hold's rule of each market and policy version, read from the market files."""

from collections.abc import Mapping
from pathlib import Path

from chassis.policy_files import load_markets
from regrade.audit.facts import HoldRule

_ENDS_AFTER_REMINDER = "end_after_reminder"


def read_hold_rules(markets: Path) -> Mapping[tuple[str, str], HoldRule]:
    """(market, version) → rule, for all versions that the files still tell."""
    rules = {}
    for pack in load_markets(markets).all():
        later = pack.text("hold.on_default") == _ENDS_AFTER_REMINDER
        rules[pack.market, pack.version] = HoldRule(
            calendar=pack.text("calendars.market"),
            business_days=pack.integer("hold.business_days"),
            reminder_business_days=pack.integers("hold.reminder_business_days"),
            end_calendar_days_after_reminder=pack.integer("hold.end_days_after_reminder") if later else None,
        )
    return rules
