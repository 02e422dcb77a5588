"""What a market tells strangers about itself, out of the real packs."""

from datetime import date, time

import pytest

from accounts.domain.market_facts import market_facts
from chassis.policy_files import load_markets
from launcher.paths import clone_root

MARKETS = load_markets(clone_root() / "markets")
DAY = date(2026, 11, 2)
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")


@pytest.mark.policy("A6", "*")
@pytest.mark.parametrize(
    ("market", "channels", "zone"),
    [
        ("fr-pro", ("account", "email", "phone"), "Europe/Paris"),
        ("be-shop", ("email", "phone", "whatsapp"), "Europe/Brussels"),
        ("dk-shop", ("email", "phone"), "Europe/Copenhagen"),
        ("uk-shop", ("phone", "email"), "Europe/London"),
        ("nl-market", ("account",), None),
    ],
)
def test_support_has_hours_only_where_it_has_a_telephone(
    market: str, channels: tuple[str, ...], zone: str | None
) -> None:
    support = market_facts(MARKETS.pack(market, DAY)).support
    assert (support.channels, support.reply_business_days) == (channels, 1)
    hours = support.phone and (support.phone.weekdays, support.phone.opens, support.phone.closes)
    assert hours == ((WEEK, time(9), time(17)) if zone else None)
    assert (support.phone and support.phone.time_zone) == zone


@pytest.mark.parametrize(
    ("market", "years"), [("fr-pro", None), ("be-shop", None), ("dk-shop", 5), ("uk-shop", None), ("nl-market", None)]
)
def test_a_market_says_whether_personal_data_goes_by_itself(market: str, years: int | None) -> None:
    assert market_facts(MARKETS.pack(market, DAY)).kept_years == years


def test_exactly_one_market_is_for_whoever_names_none() -> None:
    assert [pack.market for pack in MARKETS.in_force(DAY) if market_facts(pack).is_default] == ["fr-pro"]
