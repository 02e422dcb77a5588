"""The schema refuses every kind of wrong value with the reason, and itself when it is incomplete."""

from datetime import date
from typing import Any

import pytest

from chassis.kernel.policy_schema import SchemaWrong, read_schema

ABOUT = {"unit": "things", "row": "X1", "doc": "For tests."}


def problems(shape: dict[str, Any], value: Any) -> list[str]:
    schema = read_schema({"sets": {"fruit": ["apple", "pear"]}, "box.content": {**shape, **ABOUT}})
    return list(schema.keys["box.content"].shape.problems(value))


@pytest.mark.parametrize(
    ("shape", "right", "wrong"),
    [
        ({"type": "flag"}, [True, False], ["yes", 1, 0]),
        ({"type": "integer", "least": 1, "most": 5}, [1, 5], [0, 6, True, "3", -1]),
        ({"type": "minor"}, [0, 12990], [-1, "12.90"]),
        ({"type": "percent"}, ["10.00", "0", "100", "25.5"], [10, "10,0", "101", "100.01", "-1", "ten"]),
        ({"type": "time"}, ["13:00", "00:00"], ["1:00 pm", "24:00", "13:60", 1300]),
        ({"type": "date"}, [date(2027, 1, 1)], ["2027-01-01", 2027]),
        ({"type": "choice", "allowed": "fruit"}, ["apple"], ["plum", 1, None]),
        ({"type": "text"}, ["a b"], ["", " a", 5]),
        ({"type": "country"}, ["FR"], ["fr", "FRA"]),
        ({"type": "currency"}, ["EUR"], ["€", "eur"]),
        ({"type": "calendar"}, ["FR", "GB-NIR", "TARGET"], ["GB", "XX", 1]),
        ({"type": "list", "items": "country", "least": 1}, [["FR"]], [[], "FR", ["fr"], ["FR", "FR"]]),
        (
            {"type": "map", "keys": {"type": "choice", "allowed": "fruit"}, "values": "integer"},
            [{}, {"apple": 3}],
            [{"plum": 3}, {"apple": "3"}, [3]],
        ),
        ({"type": "money"}, [{"minor": 1, "currency": "DKK"}], [{"minor": 1}, {"minor": "1", "currency": "DKK"}, 1]),
        (
            {"type": "records", "fields": {"from": "date", "percent": "percent"}, "least": 1},
            [[{"from": date(2026, 1, 1), "percent": "2.15"}]],
            [[], [{"from": date(2026, 1, 1)}], [{"from": 1, "percent": "2"}], [{"till": 1}], {}, ["x"]],
        ),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) and "type" in value else "",
)
def test_each_type_takes_its_own_values_only(shape: dict[str, Any], right: list[Any], wrong: list[Any]) -> None:
    for value in right:
        assert problems(shape, value) == []
    for value in wrong:
        assert problems(shape, value), f"{value!r} was taken"


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ({"type": "integer"}, 1.0),
        ({"type": "percent"}, 10.0),
        ({"type": "flag"}, 1.0),
        ({"type": "list", "items": "integer"}, [1.5]),
        ({"type": "map", "values": "minor"}, {"apple": 9.9}),
        ({"type": "money"}, {"minor": 12.9, "currency": "EUR"}),
        ({"type": "records", "fields": {"percent": "percent"}}, [{"percent": 2.15}]),
    ],
)
def test_a_fraction_is_refused_wherever_it_hides(shape: dict[str, Any], value: Any) -> None:
    assert any("is a fraction" in reason for reason in problems(shape, value))


def test_a_mistyped_choice_is_answered_with_the_one_that_was_meant() -> None:
    assert problems({"type": "choice", "allowed": "fruit"}, "aple") == [
        "'aple' is none of apple, pear; did you mean apple?"
    ]


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "integer", "unit": "days", "row": "X1"},  # no doc
        {**ABOUT, "type": "number"},
        {**ABOUT, "type": "choice"},
        {**ABOUT, "type": "list"},
        {**ABOUT, "type": "integer", "minimum": 1},
        {**ABOUT, "type": "integer", "enforced": "yes"},
        "integer",
    ],
)
def test_an_incomplete_schema_entry_is_refused(entry: Any) -> None:
    with pytest.raises(SchemaWrong, match=r"box\.content"):
        read_schema({"box.content": entry})


def test_a_key_without_a_group_is_refused() -> None:
    with pytest.raises(SchemaWrong, match=r"named group\.name"):
        read_schema({"content": {"type": "integer", **ABOUT}})
