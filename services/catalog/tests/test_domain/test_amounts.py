"""Amounts as people write them: read right, or refused by name, never off by a thousand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.amounts import AmountNotRead, DecimalMark, MarksSeen, read_amount, told_by

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("cell", "mark", "minor"),
    [
        ("389", None, 389_00),
        ("389.00", None, 389_00),
        ("389,5", None, 389_50),
        ("1.234,56", None, 1_234_56),
        ("1,234.56", None, 1_234_56),
        ("1 234,56", None, 1_234_56),
        ("1\u202f234,56 €", None, 1_234_56),
        ("1'234.50", None, 1_234_50),
        ("1.234.567", None, 1_234_567_00),
        ("€ 389.00", POINT, 389_00),
        ("EUR 389", COMMA, 389_00),
        ("1,234", POINT, 1_234_00),
        ("1.234", COMMA, 1_234_00),
        ("0,99", COMMA, 99),
        ("0", POINT, 0),
    ],
)
def test_an_amount_that_can_mean_one_thing_is_read(cell: str, mark: DecimalMark | None, minor: int) -> None:
    assert read_amount(cell, mark, "EUR").minor == minor


@pytest.mark.parametrize(
    ("cell", "mark", "code"),
    [
        ("1,234", None, "amount_ambiguous"),
        ("12.345", None, "amount_ambiguous"),
        ("1.234", POINT, "amount_too_precise"),
        ("0.500", None, "amount_too_precise"),
        ("389.00", COMMA, "amount_unreadable"),
        ("1.23.456,00", COMMA, "amount_unreadable"),
        ("1,234,56", POINT, "amount_unreadable"),
        ("389.", POINT, "amount_unreadable"),
        ("1 2", None, "amount_unreadable"),
        ("-5", POINT, "amount_not_positive"),
        ("−5", POINT, "amount_not_positive"),
        ("NaN", POINT, "amount_unreadable"),
        ("1e5", POINT, "amount_unreadable"),
        ("Infinity", POINT, "amount_unreadable"),
        ("٣٨٩", POINT, "amount_unreadable"),
        ("$ 5", POINT, "amount_unreadable"),
        ("", POINT, "amount_unreadable"),
        ("9" * 100, POINT, "amount_unreadable"),
        ("5 GBP", POINT, "currency_differs"),
        ("=1+1", POINT, "amount_unreadable"),
    ],
)
def test_any_other_amount_is_refused_by_name(cell: str, mark: DecimalMark | None, code: str) -> None:
    with pytest.raises(AmountNotRead) as refusal:
        read_amount(cell, mark, "EUR")
    assert refusal.value.problem.code == code


def test_a_currency_comes_from_the_cell_or_from_its_line() -> None:
    assert read_amount("5,00 £", None, None) == (5_00, "GBP")
    assert read_amount("250 kr.", None, "DKK") == (250_00, None)
    with pytest.raises(AmountNotRead) as refusal:
        read_amount("250 kr.", None, None)
    assert refusal.value.problem.code == "currency_missing"


def test_decimals_follow_the_currency() -> None:
    assert read_amount("1234", None, "JPY").minor == 1234
    with pytest.raises(AmountNotRead):
        read_amount("1234.5", None, "JPY")


def test_a_file_tells_its_mark_through_whichever_cell_does() -> None:
    seen = MarksSeen()
    for cell in ("389", "1.234", "12,50", "no price"):
        seen.look(cell)
    assert (seen.verdict, seen.contradict) == (COMMA, False)
    seen.look("12.50")
    assert (seen.verdict, seen.contradict) == (None, True)


def _written(minor: int, mark: DecimalMark, group: str) -> str:
    whole, cents = divmod(minor, 100)
    return f"{whole:,}".replace(",", group) + f"{mark.sign}{cents:02d}"


_AMOUNTS = st.integers(0, 10**10)


@given(_AMOUNTS, st.sampled_from(DecimalMark), st.sampled_from(["", " ", "'", "\u202f", "other"]), st.booleans())
def test_money_written_with_cents_is_never_scaled_wrongly(
    minor: int, mark: DecimalMark, group: str, is_known: bool
) -> None:
    cell = _written(minor, mark, mark.other.sign if group == "other" else group)
    assert read_amount(cell, mark if is_known else None, "EUR").minor == minor
    assert told_by(cell) is mark


@given(_AMOUNTS, st.sampled_from(DecimalMark))
def test_whoever_takes_the_wrong_mark_for_granted_is_refused(minor: int, mark: DecimalMark) -> None:
    with pytest.raises(AmountNotRead):
        read_amount(_written(minor, mark, ""), mark.other, "EUR")


@given(st.text(max_size=60), st.sampled_from([None, POINT, COMMA]))
def test_no_cell_is_too_strange(cell: str, mark: DecimalMark | None) -> None:
    try:
        read = read_amount(cell, mark, "EUR")
    except AmountNotRead:
        return
    digits = "".join(char for char in cell if char in "0123456789")
    # Whatever was read are the digits of the cell, with at most the cents that were not written.
    assert str(read.minor) in {(digits + zeros).lstrip("0") or "0" for zeros in ("", "0", "00")}
