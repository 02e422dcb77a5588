"""The import's moves, and what a full sync may do unasked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.domain.stock_import import (
    FUTURE_MAX,
    IMPORTS,
    ImportMode,
    ImportState,
    Offline,
    Reading,
    StockImport,
    receive,
)
from catalog.domain.stock_import_errors import ConfirmationDiffers, ImportOvertaken, ImportTimeWrong, NothingToImport
from chassis.kernel.ids import new_id
from chassis.testing.walk import check_every_move

from ..builders import NOW

ASKED = Offline(live=100, going=21)


def an_import(**changes: object) -> StockImport:
    made = StockImport(
        id=new_id(),
        version=1,
        seller_id=new_id(),
        state=ImportState.RECEIVED,
        mode=ImportMode.FULL_SYNC,
        dry_run=False,
        confirm_prices=False,
        as_of=NOW,
        sha256="",
        rows=3,
        parts=1,
        reading=Reading("utf-8", ",", None, False, "EUR", ()),
        received_at=NOW,
        offline=ASKED,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_every_move_in_every_state_is_as_the_table_says() -> None:
    tried = check_every_move(
        IMPORTS,
        ImportState,
        lambda state: an_import(state=state),
        {
            "start": lambda one: one.start(None)[0],
            "ask": lambda one: one.ask(ASKED)[0],
            "confirm": lambda one: one.confirm(ASKED.going)[0],
            "finish": lambda one: one.finish({}, NOW)[0],
            "fail": lambda one: one.fail("seller_not_active", NOW)[0],
            "cancel": lambda one: one.cancel("by_seller", NOW)[0],
        },
        lambda one: one.state,
    )
    assert tried == len(ImportState) * len(IMPORTS.names)


def test_each_move_is_one_version_and_one_fact() -> None:
    one = an_import()
    asking, asked = one.start(ASKED)
    assert (asking.state, asking.version, asked.seq) == (ImportState.AWAITING_CONFIRMATION, 2, 2)
    running, confirmed = asking.confirm(21)
    assert (running.version, confirmed.seq) == (3, 3)
    done, fact = running.finish({"updated": 3}, NOW)
    assert (done.version, fact.seq, done.ended_at) == (4, 4, NOW)


@pytest.mark.parametrize(
    ("live", "going", "asks"),
    [
        (100, 20, False),
        (100, 21, True),
        (10, 10, False),
        (11, 11, True),
        (55, 11, False),
        (54, 11, True),
        (0, 0, False),
    ],
)
def test_a_fifth_of_the_shop_and_more_than_ten_offers_do_not_go_unasked(live: int, going: int, asks: bool) -> None:
    assert Offline(live, going).needs_confirmation(None) is asks


def test_a_confirmed_figure_covers_itself_and_what_is_less() -> None:
    assert not Offline(100, 50).needs_confirmation(50)
    assert Offline(100, 51).needs_confirmation(50)


def test_a_figure_that_nobody_was_shown_confirms_nothing() -> None:
    with pytest.raises(ConfirmationDiffers) as refusal:
        an_import(state=ImportState.AWAITING_CONFIRMATION).confirm(20)
    assert refusal.value.facts == {"offers_going_offline": 21}


def test_a_file_without_lines_is_a_wish_only_for_a_full_sync() -> None:
    assert receive(an_import(rows=0), None, NOW)[0].rows == 0
    with pytest.raises(NothingToImport):
        receive(an_import(rows=0, mode=ImportMode.UPDATE), None, NOW)


def test_a_file_is_neither_of_tomorrow_nor_older_than_the_newest_full_sync() -> None:
    receive(an_import(as_of=NOW + FUTURE_MAX), NOW, NOW)
    with pytest.raises(ImportTimeWrong):
        receive(an_import(as_of=NOW + FUTURE_MAX + timedelta(seconds=1)), None, NOW)
    with pytest.raises(ImportOvertaken):
        receive(an_import(as_of=NOW - timedelta(seconds=1)), NOW, NOW)
