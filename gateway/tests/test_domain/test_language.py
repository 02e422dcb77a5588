"""Amounts and times as the readers of each language write them."""

import re
from datetime import UTC, date, datetime

import pytest

from chassis.kernel.money import Money
from gateway.clients.wording import language_of, languages
from gateway.domain.delivery import Template
from gateway.domain.language import Count
from gateway.tests.builders import PARIS


@pytest.mark.parametrize(
    ("language", "none", "one", "more"),
    [
        ("en", "0 charge cycles", "1 charge cycle", "2 charge cycles"),
        ("fr", "0 cycle de charge", "1 cycle de charge", "2 cycles de charge"),
        ("nl", "0 laadcycli", "1 laadcyclus", "2 laadcycli"),
        ("da", "0 opladninger", "1 opladning", "2 opladninger"),
    ],
)
def test_what_is_counted_is_named_as_its_number_wants_it(language: str, none: str, one: str, more: str) -> None:
    words = language_of(language).pages["check"]["battery_cycles"]
    assert [words.format(cycles=Count(n)) for n in range(3)] == [none, one, more]


@pytest.mark.parametrize(
    ("language", "money", "written"),
    [
        ("en", Money(123_450, "EUR"), "€1,234.50"),
        ("fr", Money(123_450, "EUR"), "1\u00a0234,50\u00a0€"),
        ("nl", Money(123_450, "EUR"), "€\u00a01.234,50"),
        ("da", Money(123_450, "EUR"), "1.234,50\u00a0€"),
        ("da", Money(5, "DKK"), "0,05\u00a0DKK"),
        ("en", Money(5, "DKK"), "DKK\u00a00.05"),
        ("en", Money(100_000_000, "GBP"), "£1,000,000.00"),
        ("en", Money(-990, "EUR"), "−€9.90"),
        ("fr", Money(0, "EUR"), "0,00\u00a0€"),
        ("en", Money(1_234, "JPY"), "JPY\u00a01,234"),
    ],
)
def test_an_amount_is_written_as_its_reader_writes_it(language: str, money: Money, written: str) -> None:
    assert language_of(language).money(money) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Friday 27 November 2026 at 23:59 (CET)"),
        ("fr", "vendredi 27 novembre 2026 à 23:59 (CET)"),
        ("nl", "vrijdag 27 november 2026 om 23:59 (CET)"),
        ("da", "fredag den 27. november 2026 kl. 23:59 (CET)"),
    ],
)
def test_an_instant_is_told_by_the_clocks_of_the_market(language: str, written: str) -> None:
    assert language_of(language).moment(datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC), PARIS) == written


def test_the_first_of_a_month_has_a_form_of_its_own_in_french() -> None:
    assert language_of("fr").day(date(2026, 12, 1)) == "1er décembre 2026"
    assert language_of("en").day(date(2026, 12, 1)) == "1 December 2026"


def test_who_speaks_none_of_our_languages_reads_english() -> None:
    assert language_of("ro").code == language_of(None).code == "en"


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_language_says_the_same(code: str) -> None:
    ours, english = languages()[code], languages()["en"]
    assert ours.words.keys() == english.words.keys()
    assert ours.reasons.keys() == english.reasons.keys()
    assert {name: page.keys() for name, page in ours.pages.items()} == {
        name: page.keys() for name, page in english.pages.items()
    }
    assert (len(ours.form.months), len(ours.form.weekdays)) == (12, 7)
    for template in Template:
        mail, model = ours.mails[template], english.mails[template]
        assert bool(mail.button) == bool(model.button), template
        assert _placeholders(mail.subject) == _placeholders(model.subject), template
        assert _placeholders(" ".join(mail.paragraphs)) == _placeholders(" ".join(model.paragraphs)), template


def test_the_languages_of_all_our_markets_are_spoken() -> None:
    assert languages().keys() >= {"en", "fr", "nl", "da", "de"}
