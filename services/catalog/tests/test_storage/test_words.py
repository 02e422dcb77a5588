"""What the words of a search stand for."""

import pytest

from catalog.storage.words import Meant, query_of, words_of


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (None, ()),
        ("iPhone 13", ("iphone", "13")),
        ("128 GB", ("128gb",)),
        ("128 Go", ("128gb",)),
        ("256go", ("256gb",)),
        ("1 To SSD", ("1tb", "ssd")),
        ("go pro", ("go", "pro")),
        ("'; drop table offers; --", ("drop", "table", "offers")),
        ("& | ! ( ) :*", ()),
    ],
)
def test_words_are_what_letters_and_digits_make(typed: str | None, words: tuple[str, ...]) -> None:
    assert words_of(typed) == words


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("thinkp", "(thinkp:*)"),
        # Only the last number may still be going on.
        ("iphone 13 blue", "(iphone:*) & ((13 | 13gb | 13tb)) & (blue:*)"),
        ("iphone 1", "(iphone:*) & (1:*)"),
        ("PS5", "(ps5:* | playstation:* & 5:*)"),
        ("schwarz", "(schwarz:* | black:*)"),
        ("téléphone noir", "(téléphone:* | smartphone:*) & (noir:* | black:*)"),
        ("weiß", "(weiß:* | white:*)"),
        ("grijs", "(grijs:* | gray:* | grey:*)"),
    ],
)
def test_a_phrase_stands_for_its_alternatives_too(typed: str, asked: str) -> None:
    assert query_of(words_of(typed)) == asked


def test_the_longest_phrase_counts() -> None:
    assert "2020" in query_of(words_of("iphone se 2"))
    assert query_of(words_of("iphone se")) == "(iphone:*) & (se:*)"


VOCABULARY = ["iphone", "galaxy", "playstation", "s21", "s22", "black", "thinkpad", "pixel"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("iphnoe", ["iphone"]),
        ("ihpone", ["iphone"]),
        ("galxy", ["galaxy"]),
        ("gallaxy", ["galaxy"]),
        ("galaxi", ["galaxy"]),
        ("plastation", ["playstation"]),
        ("thimkpad", ["thinkpad"]),
        # The beginning of a word is no mistake, a short word and another number may be another thing.
        ("playst", []),
        ("s23", []),
        ("blck1", []),
        ("toaster", []),
    ],
)
def test_one_slip_anywhere_in_a_word_is_understood(typed: str, meant: list[str]) -> None:
    assert list(Meant(VOCABULARY).of(typed)) == meant
