"""docs/markets.md is what the tests prove today, markers are honest, and nothing that was proven is lost."""

from pathlib import Path

import pytest

from tests.markets.expected import MARKETS, ROWS
from tests.markets.page import DECISION, PAGE, RATCHET, as_json, kept, lost, page, proven_today
from tests.markets.proofs import ROOT, MarkerWrong, Proof, proofs_in


def test_the_page_is_what_the_tests_prove() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make markets`"


def test_what_was_proven_is_proven() -> None:
    assert lost(kept(), proven_today()) == []


def test_what_is_proven_is_remembered() -> None:
    assert RATCHET.read_text(encoding="utf-8") == as_json(proven_today()), "run `make markets`"


def test_every_cell_is_proven_at_least_as_data() -> None:
    assert [row for row, levels in proven_today().items() if set(levels) != set(MARKETS)] == []
    assert set(proven_today()) == set(ROWS)


def test_a_cell_that_falls_back_is_told() -> None:
    before = {"C3": {"fr-pro": "journey", "be-shop": "rule"}, "K1": {"fr-pro": "data"}}
    now = {"C3": {"fr-pro": "rule", "be-shop": "journey"}}
    assert lost(before, now) == [
        "C3 in fr-pro was proven by journey, and now by rule",
        "K1 in fr-pro was proven by data, and now by nothing",
    ]


def test_the_page_leads_to_the_decision_behind_it() -> None:
    assert (ROOT / "docs" / "decisions" / DECISION).exists()


def marked(tmp_path: Path, lines: str) -> list[Proof]:
    file = tmp_path / "test_marked.py"
    file.write_text(f"{lines}\ndef test_it(market): ...\n", encoding="utf-8")
    return list(proofs_in(file, "services/orders/tests/test_marked.py"))


def test_a_marker_proves_its_row_in_its_markets(tmp_path: Path) -> None:
    found = marked(tmp_path, '@pytest.mark.policy("C3", "fr-pro", "be-shop")')
    assert [(proof.row, proof.market, proof.level) for proof in found] == [
        ("C3", "fr-pro", "rule"),
        ("C3", "be-shop", "rule"),
    ]


def test_a_marker_may_sit_on_one_case_of_many(tmp_path: Path) -> None:
    case = 'pytest.param("dk-shop", marks=pytest.mark.policy("B8", "dk-shop"))'
    found = marked(tmp_path, f'@pytest.mark.parametrize("market", [{case}])')
    assert [(proof.row, proof.market) for proof in found] == [("B8", "dk-shop")]


@pytest.mark.parametrize(
    "values",
    [
        '["fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market"]',
        '[("fr-pro"), ("be-shop"), ("dk-shop"), ("uk-shop"), ("nl-market")]',
        "ALL",
    ],
)
def test_a_star_is_taken_from_a_test_over_all_markets(tmp_path: Path, values: str) -> None:
    named = 'ALL = ("fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market")\n'
    found = marked(tmp_path, f'{named}@pytest.mark.policy("C3", "*")\n@pytest.mark.parametrize("market", {values})')
    assert {proof.market for proof in found} == set(MARKETS)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('@pytest.mark.policy("Z9", "fr-pro")', "there is no row 'Z9'"),
        ('@pytest.mark.policy("C3", "se-shop")', "there is no market 'se-shop'"),
        ('@pytest.mark.policy("C3")', "in which market"),
        ("@pytest.mark.policy(ROW, 'fr-pro')", "is written out"),
        ('@pytest.mark.policy("C3", "*")', "needs a parameter `market`"),
        ('@pytest.mark.policy("C3", "*")\n@pytest.mark.parametrize("market", ["fr-pro"])', "be-shop, dk-shop"),
    ],
)
def test_a_marker_that_claims_too_much_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(MarkerWrong, match=said):
        marked(tmp_path, lines)
