"""`regrade markets` on the shipped files and on spoilt ones."""

from pathlib import Path

import pytest

from .copies import SHIPPED, a_copy, replace

# The chassis is also tested where the command line is not installed.
pytest.importorskip("regrade.commands.markets")

import typer
from typer.testing import CliRunner, Result

from regrade.commands import markets


def run(*words: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    markets.register(app)
    return CliRunner().invoke(app, ["markets", *words], env={"COLUMNS": "160", "REGRADE_MARKETS_DIR": None})


def test_check_lists_the_markets_with_their_versions() -> None:
    result = run("check", str(SHIPPED))
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "be-shop", "dk-shop", "fr-pro", "nl-market", "uk-shop",
    ]  # fmt: skip


def test_check_lists_all_problems_and_fails(tmp_path: Path) -> None:
    folder = a_copy(tmp_path)
    replace(folder / "base/checkout.toml", "business_days = 5", "business_days = 5.0")
    replace(folder / "fr-pro/market.toml", '"FR"  # L3', '"fr"  # L3')
    result = run("check", str(folder))
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first.startswith("base/checkout.toml: hold.business_days: 5.0 is a fraction")
    assert second.startswith("fr-pro/market.toml: identity.country: 'fr' is not")


def test_diff_shows_what_two_markets_disagree_on_and_nothing_else() -> None:
    result = run("diff", "fr-pro", "dk-shop", "--folder", str(SHIPPED))
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["warranty.months", "I1", "12", "24"] in lines
    assert "hold.business_days" not in result.stdout


def test_explain_gives_row_unit_meaning_values_and_files() -> None:
    result = run("explain", "capture.moment", "--folder", str(SHIPPED))
    assert result.exit_code == 0
    assert "row D4" in result.stdout
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["dk-shop", "at_dispatch", "dk-shop/market.toml"] in lines
    assert ["fr-pro", "at_once", "base/payment.toml"] in lines


def test_explain_finds_keys_by_row_for_one_market() -> None:
    result = run("explain", "C4", "--market", "uk-shop", "--folder", str(SHIPPED))
    assert "hold.on_default" in result.stdout
    assert "hold.end_days_after_reminder" in result.stdout
    assert "end_after_reminder" in result.stdout
    assert "fr-pro" not in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "hold.busines_days"), "did you mean hold.business_days?"),
        (("diff", "fr-pro", "xx"), "There are be-shop"),
        (("explain", "C3", "--market", "fr-pro", "--on", "2025-12-31"), "opens on 2026-01-01"),
    ],
)
def test_a_wrong_question_is_answered_with_a_sentence(words: tuple[str, ...], said: str) -> None:
    result = run(*words, "--folder", str(SHIPPED))
    assert result.exit_code == 1
    assert said in result.stderr
