"""An erasure: every holder confirms once, and the last one ends it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.domain.erasure import HOLDERS, MOVES, Erasure, ErasureCause, ErasureState, new_erasure
from accounts.domain.errors import HolderUnknown
from accounts.domain.events import ErasureCompleted, ErasureConfirmed
from chassis.kernel.ids import new_id
from chassis.kernel.personal_data import Kept, Obeyed, Subject
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import NOW

NOTHING = Obeyed({})


def an_erasure(state: ErasureState = ErasureState.REQUESTED, heard: tuple[str, ...] = ()) -> Erasure:
    erasure, _ = new_erasure(new_id(), Subject(new_id()), ErasureCause.OWNER, NOTHING, NOW)
    for holder in heard:
        moved = erasure.confirm(holder, NOTHING, NOW)
        assert moved is not None
        erasure = moved[0]
    return replace(erasure, state=state)


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    def confirm(erasure: Erasure) -> Erasure:
        moved = erasure.confirm("orders", NOTHING, NOW)
        assert moved is not None
        return moved[0]

    def complete(erasure: Erasure) -> Erasure:
        all_but_one = replace(
            erasure, confirmations={name: erasure.confirmations["accounts"] for name in HOLDERS if name != "orders"}
        )
        return confirm(all_but_one)

    moves = {"confirm": confirm, "complete": complete}
    tried = check_every_move(MOVES, ErasureState, an_erasure, moves, lambda one: one.state)
    assert tried == 2 * len(ErasureState)


def test_it_is_done_when_the_last_holder_has_confirmed() -> None:
    erasure, requested = new_erasure(new_id(), Subject(new_id()), ErasureCause.OWNER, NOTHING, NOW)
    assert (requested.seq, erasure.waits_for) == (1, HOLDERS)
    for n, holder in enumerate(HOLDERS, start=2):
        moved = erasure.confirm(holder, NOTHING, NOW + timedelta(minutes=n))
        assert moved is not None
        erasure, event = moved
        assert (event.seq, event.holder, erasure.version) == (n, holder, n)
        assert isinstance(event, ErasureCompleted if holder == HOLDERS[-1] else ErasureConfirmed)
    assert (erasure.state, erasure.done_at) == (ErasureState.DONE, NOW + timedelta(minutes=1 + len(HOLDERS)))


def test_a_holder_is_heard_once_and_a_stranger_never() -> None:
    erasure = an_erasure(heard=("orders",))
    assert erasure.confirm("orders", Obeyed({"documents": 7}), NOW) is None
    with pytest.raises(HolderUnknown):
        erasure.confirm("sandbox", NOTHING, NOW)


def test_what_is_kept_for_the_law_is_told_until_the_last_day() -> None:
    moved = an_erasure().confirm("payments", Obeyed({}, (Kept("invoices", "tax_law", date(2036, 12, 31)),)), NOW)
    assert moved is not None
    assert moved[0].kept_until == date(2036, 12, 31)
    assert an_erasure().kept_until is None
