"""The shipped packs say what the policy table says, cell by cell."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.policy import PolicyPack
from chassis.policy_files import load_markets
from regrade.devices import OWN_LIST, push_lines, read_devices
from tests.markets.expected import BE, DK, FR, MARKETS, NL, ROWS, TABLE, UK

SHIPPED = Path(__file__).parents[2] / "markets"
LOADED = load_markets(SHIPPED)
TODAY = date(2026, 11, 21)
# Names, languages, dated rates and areas are facts of a market, not cells to be compared one by one; tests below look at them.
LOOKED_AT_BELOW = {
    "identity.title",
    "identity.languages",
    "calendars.by_country",
    "delivery.excluded_areas",
    "interest.reference_rates",
}


def a_pack(market: str) -> PolicyPack:
    return LOADED.pack(market, on=TODAY)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("row", ROWS)
def test_a_cell_of_the_table_is_what_the_loaded_pack_says(row: str, market: str) -> None:
    values = a_pack(market).values
    wrong = {
        key: f"{value.seen(values[key])!r} instead of {value.in_market(market)!r}"
        for key, value in ROWS[row].values.items()
        if value.seen(values[key]) != value.in_market(market)
    }
    assert wrong == {}


def test_a_wrong_pack_would_be_found_out() -> None:
    row = ROWS["C3"]
    assert row.values["hold.payment_due"].in_market(BE) != a_pack(FR).values["hold.payment_due"]


def test_the_table_holds_every_key_under_its_row() -> None:
    declared = {(key.row, key.name) for key in LOADED.schema.keys.values() if key.name not in LOOKED_AT_BELOW}
    assert {(row.id, key) for row in TABLE for key in row.values} == declared


def test_every_market_there_is_has_its_column() -> None:
    assert sorted(MARKETS) == sorted(LOADED.names())


def test_the_french_market_is_the_default() -> None:
    assert LOADED.default() == FR


def test_every_market_has_a_name_and_a_language_of_its_own() -> None:
    packs = [a_pack(market) for market in MARKETS]
    assert len({pack.text("identity.title") for pack in packs}) == len(MARKETS)
    assert [pack.texts("identity.languages")[0] for pack in packs] == ["fr", "nl", "da", "en", "nl"]


def test_grades_bear_the_names_that_dutch_readers_know() -> None:
    labels = [grade["label"]["nl"] for grade in a_pack(NL).records("grades.scale")]
    assert labels == ["Premium", "Uitstekend", "Goed", "Oké"]


def test_overseas_france_is_not_delivered_to() -> None:
    excluded = {area["country"]: area["postal_prefixes"] for area in a_pack(FR).records("delivery.excluded_areas")}
    assert "97400".startswith(excluded["FR"])  # Saint-Denis, La Réunion
    assert not "20000".startswith(excluded["FR"])  # Ajaccio


def test_claim_windows_follow_the_country_of_delivery() -> None:
    assert dict(a_pack(UK).mapping("calendars.by_country")) == {"GB": "GB-NIR", "IE": "IE"}
    for market in (FR, BE, DK, NL):
        by_country = a_pack(market).mapping("calendars.by_country")
        assert by_country[a_pack(market).text("identity.country")] == a_pack(market).text("calendars.market")


def test_late_interest_builds_on_a_rate_that_is_known_today() -> None:
    for market in MARKETS:
        assert any(rate["from"] <= TODAY for rate in a_pack(market).records("interest.reference_rates")), market


def test_the_demo_s_own_stock_needs_no_second_word() -> None:
    bounds = {
        (one["category"], one["currency"]): range(one["least_minor"], one["most_minor"] + 1)
        for one in a_pack(FR).records("prices.first_plausible")
    }
    stock = push_lines(
        read_devices(OWN_LIST),
        prefix="D",
        vat_regime="normal",
        ship_from="FR",
        markets=[FR],
        as_of=datetime(2026, 11, 21, tzinfo=UTC),
    )
    priced = [(line["product"]["category"], line["price"]) for line in stock]
    assert priced
    assert [one for one in priced if one[1]["amount"] not in bounds[one[0], one[1]["currency"]]] == []


def test_a_market_states_only_what_differs_from_base() -> None:
    base: dict[str, Any] = {}
    for file in (SHIPPED / "base").glob("*.toml"):
        base |= flat(file.read_text(encoding="utf-8"))
    for market in MARKETS:
        own = flat((SHIPPED / market / "market.toml").read_text(encoding="utf-8"))
        assert [key for key, value in own.items() if base.get(key) == value] == [], market


def flat(text: str) -> dict[str, Any]:
    tables = {group: table for group, table in tomllib.loads(text).items() if isinstance(table, dict)}
    return {f"{group}.{key}": value for group, table in tables.items() for key, value in table.items()}
