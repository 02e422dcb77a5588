"""The checklist of docs/how-to/add-a-market.md, followed step by step with a sixth market."""

from datetime import date
from pathlib import Path

from chassis.kernel.policy import diff
from chassis.policy_files import check_markets, load_markets

from .copies import SHIPPED, a_copy

STARTING_POINT = """\
effective_from = 2026-01-01

[identity]
title = "Regrade Pro Italia"
country = "IT"
languages = ["it", "en"]
currencies = ["EUR"]

[calendars]
market = "IT"

[prices]
vat_country = "IT"
countries = ["IT"]
currency = "EUR"

[delivery]
countries = ["IT"]
"""

ITALIAN_GRADES = """
[grades]
scale = [
    { code = "premium", rung = 20, label = { it = "Premium", en = "Premium" } },
    { code = "excellent", rung = 30, label = { it = "Eccellente", en = "Excellent" } },
    { code = "good", rung = 40, label = { it = "Buono", en = "Good" } },
    { code = "fair", rung = 50, label = { it = "Discreto", en = "Fair" } },
]

[hold]
business_days = 7
"""


def test_a_sixth_market_needs_one_folder_and_nothing_else(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    (folder / "it-pro").mkdir()
    file = folder / "it-pro" / "market.toml"

    file.write_text(STARTING_POINT, encoding="utf-8")
    assert {problem.key for problem in check_markets(folder)} == {"grades.scale"}  # no Italian labels in base

    file.write_text(STARTING_POINT + ITALIAN_GRADES, encoding="utf-8")
    assert check_markets(folder) == ()

    today = date(2026, 11, 21)
    markets, before = load_markets(folder), load_markets(SHIPPED)
    pack = markets.pack("it-pro", on=today)
    assert pack.integer("hold.business_days") == 7
    assert pack.text("commission.rate_percent") == "10.00"  # silent, so base
    assert [market for market in markets.names() if market not in before.names()] == ["it-pro"]
    for name in before.names():
        assert diff(markets.pack(name, today), before.pack(name, today)) == ()
        assert markets.pack(name, today).version == before.pack(name, today).version


def test_the_checklist_shows_the_starting_point_that_this_test_uses() -> None:
    page = (SHIPPED.parent / "docs" / "how-to" / "add-a-market.md").read_text(encoding="utf-8")
    assert STARTING_POINT in page
