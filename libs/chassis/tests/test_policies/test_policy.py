"""Packs as values: merging, typed access, versions, differences."""

from datetime import date, time
from typing import Any

import pytest

from chassis.kernel.money import Money
from chassis.kernel.policy import PolicyPack, diff, make_pack, merge
from chassis.kernel.policy_schema import Schema, read_schema


def a_schema() -> Schema:
    about = {"unit": "things", "row": "X1", "doc": "For tests."}
    shapes: dict[str, dict[str, Any]] = {
        "hold.days": {"type": "integer"},
        "hold.cutoff": {"type": "time"},
        "hold.enabled": {"type": "flag"},
        "hold.fee": {"type": "money"},
        "hold.tenders": {"type": "list", "items": "code"},
        "hold.reminders": {"type": "list", "items": "integer"},
        "hold.by_category": {"type": "map", "values": "integer"},
        "hold.rates": {"type": "records", "fields": {"from": "date", "percent": "percent"}},
    }
    return read_schema({name: {**shape, **about} for name, shape in shapes.items()})


BASE: dict[str, Any] = {
    "hold.days": 5,
    "hold.cutoff": "13:00",
    "hold.enabled": True,
    "hold.fee": {"minor": 10000, "currency": "DKK"},
    "hold.tenders": ["card", "cheque"],
    "hold.reminders": [2, 4],
    "hold.by_category": {"laptop": 4, "tablet": 3},
    "hold.rates": [{"from": date(2026, 1, 1), "percent": "2.15"}],
}


def a_pack(market: str = "here", effective_from: date = date(2026, 1, 1), **changes: Any) -> PolicyPack:
    values = merge(BASE, {f"hold.{name}": value for name, value in changes.items()})
    return make_pack(a_schema(), market, effective_from, values, dict.fromkeys(values, "base/hold.toml"))


def test_values_are_read_by_the_type_the_schema_declares() -> None:
    pack = a_pack()
    assert pack.integer("hold.days") == 5
    assert pack.time("hold.cutoff") == time(13)
    assert pack.flag("hold.enabled") is True
    assert pack.money("hold.fee") == Money(10000, "DKK")
    assert pack.texts("hold.tenders") == ("card", "cheque")
    assert pack.integers("hold.reminders") == (2, 4)
    assert pack.mapping("hold.by_category")["laptop"] == 4
    assert pack.records("hold.rates")[0]["percent"] == "2.15"


def test_a_program_that_asks_for_another_type_or_an_unknown_key_fails_loudly() -> None:
    pack = a_pack()
    with pytest.raises(TypeError):
        pack.integer("hold.enabled")  # True would pass for 1
    with pytest.raises(TypeError):
        pack.texts("hold.reminders")
    with pytest.raises(KeyError):
        pack.integer("hold.weeks")


def test_a_pack_cannot_be_changed_by_who_reads_it() -> None:
    pack = a_pack()
    for table in (pack.values, pack.mapping("hold.by_category"), pack.records("hold.rates")[0]):
        with pytest.raises(TypeError):
            table["laptop"] = 9  # type: ignore[index]


def test_a_list_or_table_of_the_market_replaces_the_one_of_base_as_a_whole() -> None:
    pack = a_pack(tenders=["card"], by_category={"tablet": 2})
    assert pack.texts("hold.tenders") == ("card",)
    assert dict(pack.mapping("hold.by_category")) == {"tablet": 2}
    assert pack.integer("hold.days") == 5


def test_the_version_changes_with_any_value_the_market_or_the_date_and_with_nothing_else() -> None:
    assert a_pack().version == a_pack().version
    assert a_pack().version.startswith("2026-01-01.")
    others = [
        a_pack(days=6),
        a_pack(by_category={"laptop": 4, "tablet": 4}),
        a_pack(tenders=["cheque", "card"]),
        a_pack(market="there"),
        a_pack(effective_from=date(2026, 1, 2)),
    ]
    assert len({pack.version for pack in [a_pack(), *others]}) == 1 + len(others)
    assert a_pack(by_category={"tablet": 3, "laptop": 4}).version == a_pack().version


def test_the_difference_of_two_packs_is_what_they_disagree_on() -> None:
    assert diff(a_pack(), a_pack(market="there")) == ()
    (difference,) = diff(a_pack(), a_pack(days=7))
    assert (difference.key, difference.left, difference.right) == ("hold.days", 5, 7)
