"""The quote: what is offered, at which promises, and until when."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from documents.invoice_data import LinePart
from documents.purchase_order import Market
from documents.quote import Quote, QuotedLine, render
from documents.wording import Wording

from .paper_builders import GRONNEGAARD
from .read_paper import paper_text

LINES = (
    QuotedLine("Lenovo ThinkPad T14 Gen 2 16GB", "Très bon", 40, 38_000, 24, 3, battery_floor=85, extras=("AZERTY",)),
    QuotedLine("Lenovo ThinkPad T14 Gen 2 16GB", "Bon", 20, 36_500, 12, 2, ready_on=date(2026, 12, 10)),
)


def a_quote(**changes: Any) -> Quote:
    values = {
        "number": "01A2B3C4-1",
        "request": "01a2b3c4-0000-7000-8000-000000000001",
        "given_on": date(2026, 11, 24),
        "valid_until": datetime(2026, 12, 8, 9, tzinfo=UTC),
        "time_zone": "Europe/Paris",
        "language": "fr",
        "currency": "EUR",
        "market": Market("Regrade Pro", ("Regrade Pro",)),
        "seller": GRONNEGAARD,
        "buyer": GRONNEGAARD,
        "ships_from": "DK",
        "lines": LINES,
        "shipping_minor": 4_900,
        "prices_include_vat": False,
        **changes,
    }
    return Quote(**values)


def test_the_buyer_reads_what_is_offered_and_until_when_it_holds() -> None:
    text = paper_text(render(a_quote()))
    assert "Devis" in text
    assert "Mardi 8 décembre 2026 à 10:00 (heure locale, Paris)" in text
    # 40 x 380.00 + 20 x 365.00 = 22,500.00, and 49.00 for sending it.
    assert "22 549,00 €" in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Garantie : 24 mois" in text
    assert "Batterie : 85 % au moins" in text
    assert "Disponible à partir du 10 décembre 2026" in text
    assert "Prix hors TVA" in text


def test_the_buyer_reads_which_levies_are_in_the_price_and_no_lead_on_top_of_a_day() -> None:
    parts = (LinePart("eco_contribution", 24), LinePart("private_copying", 840))
    line = replace(LINES[1], lead_business_days=0, parts=parts)
    text = paper_text(render(a_quote(language="en", lines=(line,))))
    assert "of which eco-contribution €0.24 each" in text
    assert "€8.40" in text
    assert "10 December 2026" in text
    assert "of payment" not in text


@pytest.mark.parametrize("language", ["fr", "nl", "da", "en", "de"])
def test_it_is_printed_in_every_language_and_the_same_quote_gives_the_same_bytes(language: str) -> None:
    quote = a_quote(language=language, note="Two deliveries are possible.\nCall us.", prices_include_vat=True)
    assert render(quote) == render(quote)
    assert "Two deliveries are possible." in paper_text(render(quote))


@pytest.mark.parametrize(
    ("language", "none", "one", "more"),
    [
        ("fr", "le jour ouvré du paiement", "sous 1 jour ouvré après", "sous 2 jours ouvrés après"),
        ("nl", "op de werkdag van de betaling", "binnen 1 werkdag na", "binnen 2 werkdagen na"),
        ("da", "på hverdagen for betalingen", "inden for 1 hverdag efter", "inden for 2 hverdage efter"),
        ("en", "on the business day of payment", "within 1 business day of", "within 2 business days of"),
        ("de", "am Werktag der Zahlung", "innerhalb von 1 Werktag nach", "innerhalb von 2 Werktagen nach"),
    ],
)
def test_one_day_is_no_days(language: str, none: str, one: str, more: str) -> None:
    wording = Wording(language, "EUR")
    for days, told in enumerate((none, one, more)):
        assert told in wording.counted("quote_lead", days)
    lines = (replace(LINES[0], lead_business_days=1),)
    assert one in paper_text(render(a_quote(language=language, lines=lines)))


@pytest.mark.parametrize(
    ("language", "one", "more"),
    [
        ("fr", "Garantie : 1 mois", "Garantie : 12 mois"),
        ("nl", "Garantie: 1 maand", "Garantie: 12 maanden"),
        ("da", "Garanti: 1 måned", "Garanti: 12 måneder"),
        ("en", "Warranty: 1 month", "Warranty: 12 months"),
        ("de", "Garantie: 1 Monat", "Garantie: 12 Monate"),
    ],
)
def test_one_month_is_no_months(language: str, one: str, more: str) -> None:
    wording = Wording(language, "EUR")
    assert (wording.counted("quote_warranty", 1), wording.counted("quote_warranty", 12)) == (one, more)
