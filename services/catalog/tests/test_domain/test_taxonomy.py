"""Attributes: what may be said of a product of a category, and the one way it is kept."""

from typing import Any

import pytest

from catalog.domain.product import Category
from catalog.domain.taxonomy import TAXONOMY, AttributeType, SentValue, as_kept, faults_of, identity_of, words_of


def kept(category: Category, **sent: SentValue) -> dict[str, Any]:
    attributes = as_kept(category, sent)
    assert faults_of(category, attributes) == ()
    return dict(attributes)


def faults(category: Category, **sent: SentValue) -> list[tuple[str, str, bool]]:
    return [(one.name, one.sent, one.known) for one in faults_of(category, as_kept(category, sent))]


def test_every_category_has_attributes_and_each_says_what_may_be_sent() -> None:
    assert set(TAXONOMY) == set(Category)
    for category, attributes in TAXONOMY.items():
        names = [one.name for one in attributes]
        assert len(set(names)) == len(names), category
        for one in attributes:
            assert (one.type is AttributeType.CHOICE) == bool(one.choices)
            numeric = one.type in (AttributeType.INTEGER, AttributeType.DECIMAL)
            assert numeric == (one.least is not None) == (one.most is not None)
            assert one.allowed()


@pytest.mark.parametrize("sent", [13.3, "13.3", "13.30", " 13.3 "])
def test_a_decimal_is_kept_as_text_in_one_way(sent: SentValue) -> None:
    assert kept(Category.LAPTOP, screen_inches=sent) == {"screen_inches": "13.3"}


def test_a_whole_number_of_inches_is_a_decimal_too() -> None:
    assert kept(Category.MONITOR, screen_inches=27) == {"screen_inches": "27.0"}


def test_choices_do_not_mind_capitals_and_texts_not_blanks() -> None:
    said = kept(Category.LAPTOP, keyboard_layout="AZERTY_FR", processor="  Intel   Core i5-8365U ", touchscreen=True)
    assert said == {"keyboard_layout": "azerty_fr", "processor": "Intel Core i5-8365U", "touchscreen": True}


@pytest.mark.parametrize(
    ("category", "name", "value"),
    [
        (Category.LAPTOP, "screen_inches", 13.33),
        (Category.LAPTOP, "screen_inches", 8.9),
        (Category.LAPTOP, "screen_inches", 21.1),
        (Category.LAPTOP, "screen_inches", True),
        (Category.LAPTOP, "screen_inches", "1e999999"),
        (Category.LAPTOP, "screen_inches", "NaN"),
        (Category.LAPTOP, "screen_inches", "thirteen"),
        (Category.LAPTOP, "keyboard_layout", "dvorak"),
        (Category.LAPTOP, "keyboard_layout", 1),
        (Category.LAPTOP, "touchscreen", 1),
        (Category.LAPTOP, "touchscreen", "yes"),
        (Category.LAPTOP, "processor", ""),
        (Category.LAPTOP, "processor", "M1\x00"),
        (Category.LAPTOP, "processor", "x" * 121),
        (Category.LAPTOP, "processor", 5),
        (Category.CONSOLE, "controllers_included", True),
        (Category.CONSOLE, "controllers_included", 5),
        (Category.CONSOLE, "controllers_included", 1.0),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_was_sent(category: Category, name: str, value: SentValue) -> None:
    ((wrong, sent, known),) = faults(category, **{name: value})
    assert (wrong, known) == (name, True)
    assert sent.strip('"') == (str(value).lower() if isinstance(value, bool) else str(value).replace("\x00", "\\u0000"))


def test_an_attribute_of_another_category_is_named_with_those_that_there_are() -> None:
    attributes = as_kept(Category.SMARTPHONE, {"keyboard_layout": "azerty_fr"})
    (fault,) = faults_of(Category.SMARTPHONE, attributes)
    assert not fault.known
    assert fault.allowed.startswith("one of sim, network")


def test_every_bound_is_inclusive() -> None:
    for category, attributes in TAXONOMY.items():
        for one in attributes:
            for bound in (one.least, one.most):
                if bound is not None:
                    assert faults(category, **{one.name: int(bound)}) == []
            if one.most is not None:
                assert faults(category, **{one.name: int(one.most) + 1}) != []


def test_a_wrong_value_never_spoils_a_right_one_that_looks_alike() -> None:
    # True == 1 in Python: neither may be taken for the other.
    assert faults(Category.CONSOLE, controllers_included=True) != []
    assert kept(Category.CONSOLE, controllers_included=1) == {"controllers_included": 1}
    assert faults(Category.CONSOLE, controllers_included=True) != []


def test_only_identifying_attributes_are_part_of_a_key_and_spelling_is_not() -> None:
    plain = as_kept(Category.LAPTOP, {"processor": "Apple M1", "screen_inches": "13.3", "disk_type": "ssd"})
    spelt = as_kept(Category.LAPTOP, {"processor": "apple-m1", "screen_inches": 13.3})
    assert identity_of(Category.LAPTOP, plain) == "|processor=applem1|screen_inches=13.3"
    assert identity_of(Category.LAPTOP, spelt) == identity_of(Category.LAPTOP, plain)


def test_a_title_says_what_identifies() -> None:
    said = as_kept(Category.LAPTOP, {"keyboard_layout": "azerty_fr", "screen_inches": 13.3, "disk_type": "ssd"})
    assert words_of(Category.LAPTOP, said) == "azerty fr, 13.3 inch"
