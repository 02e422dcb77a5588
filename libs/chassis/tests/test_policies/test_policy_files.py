"""A wrong file stops the start with file, key and reason; dated files take over on their day."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chassis.kernel.policy import MarketNotOpen, UnknownMarket, UnknownPolicyVersion
from chassis.policy_files import MarketFilesWrong, check_markets, load_markets

from .copies import SHIPPED, a_copy, replace


def in_file(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: replace(folder / name, old, new)


def new_file(name: str, text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    return write


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


MARKET = "fr-pro/market.toml"
CHECKOUT = "base/checkout.toml"


@pytest.mark.parametrize(
    ("spoil", "file", "key", "reason"),
    [
        (in_file(CHECKOUT, "business_days = 5", "busines_days = 5"), CHECKOUT, "hold.busines_days", "did you mean"),
        (in_file(CHECKOUT, "business_days = 5", "business_days = '5'"), CHECKOUT, "hold.business_days", "whole number"),
        (in_file(CHECKOUT, "business_days = 5", "business_days = 5.0"), CHECKOUT, "hold.business_days", "fraction"),
        (in_file(CHECKOUT, "business_days = 5", "business_days = 0"), CHECKOUT, "hold.business_days", "below 1"),
        (in_file(CHECKOUT, "business_days = 5", ""), "base", "hold.business_days", "no base value"),
        (in_file(CHECKOUT, '"automatic"', '"auto"'), CHECKOUT, "contract.acceptance", "none of automatic, manual"),
        (in_file(CHECKOUT, "2026-01-01", "'2026-01-01'"), CHECKOUT, "effective_from", "not a date"),
        (in_file(CHECKOUT, "effective_from = 2026-01-01", ""), CHECKOUT, "effective_from", "not a date"),
        (in_file(CHECKOUT, "2026-01-01", "2026-13-01"), CHECKOUT, "", "cannot be read"),
        (in_file(CHECKOUT, "effective_from", "loose = 1\neffective_from"), CHECKOUT, "loose", "outside of any table"),
        (in_file(CHECKOUT, "= [2, 4]", "= [2, 5]"), CHECKOUT, "hold.reminder_business_days", "already cancelled"),
        (in_file(MARKET, 'title = "Regrade Pro France"', ""), "fr-pro", "identity.title", "is missing"),
        (in_file(MARKET, "is_default = true", ""), "", "identity.is_default", "not none"),
        (in_file(MARKET, 'market = "FR"', 'market = "GB"'), MARKET, "calendars.market", "needs its region"),
        (in_file(MARKET, '"PT", "US"]', '"PT", "US", "LU"]'), MARKET, "prices.countries", "LU has a price"),
        (in_file(MARKET, '"fr", "en"', '"fr", "it"'), "base/goods.toml", "grades.scale", "no label in it"),
        (in_file("be-shop/market.toml", 'code = "a", rung = 30', 'code = "a", rung = 20'), "be-shop/market.toml",
         "grades.scale", "each rung once"),
        (in_file("be-shop/market.toml", 'code = "a", rung = 30', 'code = "good", rung = 30'), "fr-pro", "grades.scale",
         "good stands on rung 40, and in be-shop on rung 30"),
        (in_file("be-shop/market.toml", "a_plus = 85, ", ""), "be-shop/market.toml", "battery.floor", "exactly"),
        (in_file("dk-shop/market.toml", '"EUR", "DKK"', '"EUR"'), "dk-shop/market.toml", "fees.reinvoicing", "is in DKK"),
        (in_file("dk-shop/market.toml", '"mobilepay", ', ""), "dk-shop/market.toml", "tenders.accepted", "mobilepay"),
        (in_file("dk-shop/market.toml", '"cheque", ', '"card", '), "dk-shop/market.toml", "tenders.refused", "as well"),
        (new_file("base/more.toml", "effective_from = 2026-01-01\n[hold]\nbusiness_days = 4"), "base/more.toml",
         "hold.business_days", "has a value in base/checkout.toml already"),
        (new_file("fr-pro/fees.2027-01-01.toml", "effective_from = 2027-02-01"), "fr-pro/fees.2027-01-01.toml",
         "effective_from", "the file's name says 2027-01-01"),
        (new_file("fr-pro/fees.tml", ""), "fr-pro/fees.tml", "", "must be named"),
        (new_file("fr-pro/fees.toml", "fees ="), "fr-pro/fees.toml", "", "cannot be read"),
        (new_file("base/title.toml", "effective_from = 2026-01-01\n[identity]\ntitle = 'x'"), "base", "identity.title",
         "belongs into each market"),
        (new_file("Italia/market.toml", "effective_from = 2026-01-01"), "Italia", "", "lower case"),
        (new_file("it-pro/notes.md", "soon"), "it-pro", "", "no readable file"),
        (without("schema.toml"), "schema.toml", "", "cannot be read"),
        (in_file("schema.toml", 'row = "C3"', ""), "schema.toml", "hold.business_days", "row is missing"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_key_and_reason(
    tmp_path: Path, spoil: Callable[[Path], None], file: str, key: str, reason: str
) -> None:
    folder = a_copy(tmp_path)
    spoil(folder)
    problems = check_markets(folder)
    assert [
        problem
        for problem in problems
        if problem.file == file and problem.key.startswith(key) and reason in problem.reason
    ], problems
    with pytest.raises(MarketFilesWrong) as refusal:
        load_markets(folder)
    assert refusal.value.problems == problems


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    replace(folder / CHECKOUT, "business_days = 5", "business_days = 5.0")
    replace(folder / MARKET, '"FR"  # L3', '"fr"  # L3')
    assert [(problem.file, problem.key) for problem in check_markets(folder)] == [
        (CHECKOUT, "hold.business_days"),
        (MARKET, "identity.country"),
    ]


def test_a_dated_file_replaces_its_predecessor_on_its_day_and_old_orders_keep_their_rules(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    before = load_markets(folder).pack("fr-pro", on=date(2026, 12, 31))
    text = (folder / "base/payment.toml").read_text(encoding="utf-8")
    changed = text.replace("effective_from = 2026-01-01", "effective_from = 2027-01-01").replace('"10.00"', '"11.50"')
    (folder / "base/payment.2027-01-01.toml").write_text(changed, encoding="utf-8")

    markets = load_markets(folder)

    assert markets.pack("fr-pro", on=date(2026, 12, 31)) == before
    after = markets.pack("fr-pro", on=date(2027, 1, 1))
    assert after.text("commission.rate_percent") == "11.50"
    assert after.effective_from == date(2027, 1, 1)
    assert markets.by_version(before.version).text("commission.rate_percent") == "10.00"
    assert markets.by_version(after.version) == after
    # A market with a rate of its own gets a new version too, but not a new rate.
    assert markets.pack("dk-shop", on=date(2027, 1, 1)).text("commission.rate_percent") == "8.00"


def test_a_key_that_a_dated_base_file_forgets_is_reported_for_that_day(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    (folder / "base/documents.2027-01-01.toml").write_text("effective_from = 2027-01-01\n", encoding="utf-8")
    assert {problem.key for problem in check_markets(folder)} == {
        key for key in load_markets(SHIPPED).schema.keys if key.startswith("documents.")
    }


def test_a_market_opens_on_the_day_of_its_first_file(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    replace(folder / "nl-market/market.toml", "2026-01-01", "2027-03-01")
    markets = load_markets(folder)
    with pytest.raises(MarketNotOpen, match="2027-03-01"):
        markets.pack("nl-market", on=date(2027, 2, 28))
    assert markets.pack("nl-market", on=date(2027, 3, 1)).market == "nl-market"
    assert "nl-market" not in {pack.market for pack in markets.in_force(date(2027, 2, 28))}
    assert "nl-market" in {pack.market for pack in markets.in_force(date(2027, 3, 1))}


def test_an_unknown_market_or_version_is_refused_by_name() -> None:
    markets = load_markets(SHIPPED)
    with pytest.raises(UnknownMarket):
        markets.pack("xx-shop", on=date(2026, 11, 21))
    with pytest.raises(UnknownPolicyVersion):
        markets.by_version("2026-01-01.000000000000")


def test_a_value_names_the_file_it_came_from() -> None:
    pack = load_markets(SHIPPED).pack("dk-shop", on=date(2026, 11, 21))
    assert pack.sources["capture.moment"] == "dk-shop/market.toml"
    assert pack.sources["hold.business_days"] == "base/checkout.toml"
