"""Rates, texts and notes by day."""

from datetime import date

import pytest

from tax import BuyerVat, NoStandardRate, NoSuchText, ServiceCase, decide_service, standard_rate, statutory_notes, texts

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("country", "percent"),
    [
        ("FR", "20"), ("ES", "21"), ("DE", "19"), ("IT", "22"), ("BE", "21"), ("AT", "20"), ("NL", "21"), ("FI", "25.5"),
        ("PT", "23"), ("DK", "25"), ("LU", "17"), ("IE", "23"), ("GB", "20"), ("XI", "20"), ("PL", "23"),
    ],
)  # fmt: skip
def test_standard_rates_of_november_2026(country: str, percent: str) -> None:
    assert standard_rate(country, DAY) == percent


def test_a_rate_belongs_to_its_days() -> None:
    assert standard_rate("FI", date(2024, 8, 31)) == "24"
    assert standard_rate("FI", date(2024, 9, 1)) == "25.5"


def test_a_country_without_rate_is_refused_by_name() -> None:
    with pytest.raises(NoStandardRate):
        standard_rate("US", DAY)


def test_a_text_nobody_wrote_is_refused_by_name() -> None:
    with pytest.raises(NoSuchText):
        texts("barter", DAY)


@pytest.mark.parametrize(
    "kind", ["reverse_charge", "margin", "intra_eu", "export", "out_of_scope", "service_reverse_charge"]
)
def test_every_text_speaks_the_languages_of_the_markets(kind: str) -> None:
    assert {"fr", "nl", "da", "en", "de"} <= set(texts(kind, DAY))


@pytest.mark.parametrize(("buyer", "kind"), [("FR", "B2B"), ("DE", "B2BINT")])
def test_french_sellers_carry_the_statutory_notes_once_each(buyer: str, kind: str) -> None:
    notes = {note.code: note.text for note in statutory_notes("FR", buyer, DAY)}
    assert len(statutory_notes("FR", buyer, DAY)) == len(notes)
    assert {"PMD", "PMT", "AAB"} <= set(notes)
    assert "10 points" in notes["PMD"]
    assert "40 €" in notes["PMT"]
    assert notes["BAR"] == kind


def test_danish_sellers_have_no_french_notes() -> None:
    assert statutory_notes("DK", "DK", DAY) == ()


@pytest.mark.parametrize(
    ("seller", "status", "rule", "category"),
    [
        ("FR", "valid", "C1", "S"),
        ("DK", "valid", "C2", "AE"),
        ("DK", "unavailable", "C2", "AE"),
        ("DK", "invalid", "C1", "S"),
        ("GB", "valid", "C3", "O"),
    ],
)
def test_commission_is_taxed_where_the_seller_is(seller: str, status: str, rule: str, category: str) -> None:
    number = BuyerVat(f"{seller}123", seller, status)  # type: ignore[arg-type]
    decision = decide_service(ServiceCase("FR", seller, number, DAY))
    assert (decision.rule, decision.category_code) == (rule, category)
    assert decision.rate_percent == {"S": "20", "AE": "0", "O": None}[category]
