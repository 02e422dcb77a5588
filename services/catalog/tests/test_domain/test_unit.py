"""Passports: where a device may go, and what may be said about it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.domain.product import Category
from catalog.domain.unit import (
    MOVES,
    Diagnostic,
    Erasure,
    UnitFacts,
    UnitOffer,
    UnitPatch,
    UnitState,
    checked_number,
    faults_in,
    new_unit,
)
from chassis.kernel.ids import new_id
from chassis.testing.walk import check_every_move

from ..builders import NOW, a_unit

OFFER = UnitOffer(new_id(), "A-1", Category.SMARTPHONE, ("fr-pro",))
GONE = ("ship", "receive", "send_back", "give_back", "restock", "retire")


def test_every_move_of_a_unit_and_no_other() -> None:
    unit = a_unit()
    tried = check_every_move(
        MOVES,
        UnitState,
        lambda state: replace(unit, state=state),
        {
            "describe": lambda one: one.describe(one.facts, one.offer_id)[0],
            **{move: lambda one, move=move: one.move(move)[0] for move in GONE},
        },
        lambda one: one.state,
    )
    assert tried == 7 * 5


def test_a_device_that_was_refunded_can_be_sold_again_under_the_same_passport() -> None:
    unit, told = a_unit(), []
    for move in ("ship", "receive", "give_back", "restock", "ship"):
        unit, event = unit.move(move)
        told.append((event.name, event.seq, event.state))
    assert told == [
        ("shipped", 2, "shipped"),
        ("received", 3, "in_repair"),
        ("returned", 4, "returned"),
        ("restocked", 5, "in_stock"),
        ("shipped", 6, "shipped"),
    ]


@pytest.mark.parametrize(
    ("imei", "serial", "code"),
    [
        ("490154203237518", None, None),
        ("49-015420-323751-8", None, None),
        (None, "C02XK0A1JHD2", None),
        ("490154203237519", None, "imei_invalid"),
        ("49015420323751", None, "imei_invalid"),
        ("", None, "imei_invalid"),
        (None, "a b", "serial_number_invalid"),
        (None, None, "unit_number_missing"),
        ("490154203237518", "C02XK0A1JHD2", "unit_number_missing"),
    ],
)
def test_a_device_is_named_by_exactly_one_number_that_can_be_one(
    imei: str | None, serial: str | None, code: str | None
) -> None:
    problem = checked_number(imei, serial)[2]
    assert (problem and problem.code) == code


def test_case_and_separators_do_not_tell_devices_apart() -> None:
    assert checked_number("49-015420-323751-8", None)[0] == "490154203237518"
    assert checked_number(None, "c02xk0a1jhd2")[1] == "C02XK0A1JHD2"


def test_codes_are_random_and_say_nothing_about_the_device() -> None:
    patch = UnitPatch(imei="490154203237518", sku="A-1", grade="good")
    codes = {new_unit(patch, new_id(), OFFER).check_code for _ in range(100)}
    assert len(codes) == 100
    assert all(len(code) == 32 for code in codes)


def test_of_a_number_only_its_end_is_shown() -> None:
    assert a_unit().masked_number == "•••••••••••7518"


def test_what_contradicts_the_offer_or_the_clock_is_named() -> None:
    late = NOW + timedelta(minutes=6)
    facts = UnitFacts(
        "A-1",
        "good",
        battery_health_percent=90,
        diagnostics=(Diagnostic("screen", "pass", late),),
        erasure=Erasure("NIST 800-88", "ab" * 32, late, "Eraser"),
    )
    monitor = OFFER._replace(category=Category.MONITOR)
    assert [one["pointer"] for one in faults_in(facts, monitor, ["dk-shop"], NOW)] == [
        "/grade",
        "/battery_health_percent",
        "/diagnostics/0/at",
        "/erasure/at",
    ]
    assert list(faults_in(facts, OFFER, [], late)) == []
