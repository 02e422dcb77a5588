"""One spelling for an address, and none that can be mistaken for another."""

import pytest

from accounts.domain.email_address import new_address, same_email
from accounts.domain.errors import EmailMixesScripts, EmailNotReadable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Camille@Reparo.Example ", "camille@reparo.example"),
        ("camille@Bücher.example", "camille@xn--bcher-kva.example"),
        ("camille@xn--bcher-kva.example", "camille@xn--bcher-kva.example"),
        # A letter and its accent, written apart.
        ("camille@bu\u0308cher.example", "camille@xn--bcher-kva.example"),
        # Wide letters, as some keyboards write them.
        ("ｃａｍｉｌｌｅ@reparo.example", "camille@reparo.example"),
        ("achats+lyon.2@reparo.example", "achats+lyon.2@reparo.example"),
        # A word of another alphabet under a Latin ending is an honest name.
        ("почта@пример.example", "почта@xn--e1afmkfd.example"),
        ("すし@ひらがなカタカナ漢字.example", "すし@xn--v8j0cwa6gzha3lrdr510cymwb.example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert new_address(typed) == same_email(typed) == new_address(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "c\u0430mille@reparo.example",  # a Cyrillic a
        "camille@rep\u0430ro.example",
        "camille@xn--repro-6ve.example",  # the same, encoded
        "camille@reparo.ex\u0430mple",
        "camille@αreparo.example",
    ],
)
def test_two_alphabets_in_one_part_are_refused(typed: str) -> None:
    with pytest.raises(EmailMixesScripts):
        new_address(typed)
    assert same_email(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    [
        "nonsense",
        "a@b",
        "a b@reparo.example",
        "a@-.\u00df.example",
        "camille@stra\u00dfe.example",
        "a@" + "x" * 64 + ".example",
    ],
)
def test_what_mail_cannot_be_sent_to_is_refused(typed: str) -> None:
    with pytest.raises(EmailNotReadable):
        new_address(typed)
