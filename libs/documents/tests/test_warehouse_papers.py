"""Packing slip and pick list: what the warehouse reads, in every language, and the same bytes for the same facts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from documents import packing_slip, pick_list
from documents.packing_slip import PackedLine, PackingSlip
from documents.parties import Address, DeliverTo
from documents.pick_list import PickedFor, PickLine, PickList
from documents.purchase_order import Market

from .paper_builders import GRONNEGAARD
from .read_paper import paper_text

LANGUAGES = ["fr", "nl", "da", "en", "de"]
MARKET = Market("Regrade Pro", ("Regrade Pro",))
SLIP = PackingSlip(
    number="100042-1",
    order_number="100042",
    ordered_on=date(2026, 11, 20),
    printed_on=date(2026, 11, 23),
    language="fr",
    currency="EUR",
    market=MARKET,
    seller=GRONNEGAARD,
    deliver_to=DeliverTo("Librairie du Lac SARL", Address("2 rue du Pont", "74000", "Annecy", "FR")),
    lines=(
        PackedLine(
            "iPhone 13 128 GB", "Très bon", 2, "IP13-128", ("Chargeur",), ("356938035643809", "490154203237518")
        ),
        PackedLine("ThinkPad T14", "Bon", 1, "T14"),
    ),
    buyer_reference="PO-77",
    parcel="DHL JD0001",
)
PICKS = PickList(
    printed_at=datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
    time_zone="Europe/Paris",
    language="fr",
    currency="EUR",
    market=MARKET,
    seller="Reconduit SAS",
    orders=2,
    lines=(
        PickLine(
            "IP13-128",
            "iPhone 13 128 GB",
            "Très bon",
            7,
            (PickedFor("100042-1", 5), PickedFor("100043-2", 2)),
            ("Chargeur",),
            datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC),
        ),
        PickLine("T14", "ThinkPad T14", "Bon", 1, (PickedFor("100043-2", 1),)),
    ),
)


def test_whoever_unpacks_reads_what_is_in_it_and_no_price() -> None:
    text = paper_text(packing_slip.render(SLIP))
    for word in ("Bordereau de colis", "100042-1", "PO-77", "DHL JD0001", "Annecy", "356938035643809, 490154203237518"):
        assert word in text, word
    assert "IP13-128 · Chargeur" in text
    assert "€" not in text


def test_whoever_packs_reads_what_the_buyer_wrote_to_the_order_and_to_a_line() -> None:
    first, second = SLIP.lines
    lines = (replace(first, note="Sans chargeur {si possible}"), second)
    text = paper_text(packing_slip.render(replace(SLIP, note="Livrer au quai n° 4, #avant midi", lines=lines)))
    assert "Message de l’acheteur : Livrer au quai n° 4, #avant midi" in text
    assert "Message de l’acheteur : Sans chargeur {si possible}" in text
    assert "Message" not in paper_text(packing_slip.render(SLIP))


def test_whoever_fetches_reads_how_many_and_for_whom() -> None:
    text = paper_text(pick_list.render(PICKS))
    for word in ("Liste de prélèvement", "100042-1 × 5", "100043-2 × 2", "IP13-128", "Départ au plus tard 23 novembre"):
        assert word in text, word
    # In Paris it is an hour later than in UTC.
    assert "08:30" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_are_printed_in_every_language_and_the_same_facts_give_the_same_bytes(language: str) -> None:
    slip, picks = replace(SLIP, language=language), replace(PICKS, language=language)
    assert packing_slip.render(slip) == packing_slip.render(slip)
    assert pick_list.render(picks) == pick_list.render(picks)


def test_a_long_list_goes_on_over_pages() -> None:
    lines = tuple(replace(PICKS.lines[0], sku=f"SKU-{n:03}") for n in range(120))
    text = paper_text(pick_list.render(replace(PICKS, lines=lines)))
    assert all(f"SKU-{n:03}" in text for n in range(120))
