"""A change of key pairs, minute by minute: no token is refused for it."""

from datetime import timedelta

from accounts.domain.scopes import GRANT_SECONDS
from accounts.domain.signing import (
    KEPT_AFTER,
    PUBLISHED_BEFORE,
    RELOADED_EVERY,
    ROTATED_EVERY,
    KeyLife,
    forgotten,
    is_due,
    signing,
)
from chassis.web.auth import LEEWAY_SECONDS, REFETCH_SECONDS
from services.accounts.tests.builders import REAL

FIRST = KeyLife("first", REAL)
SECOND = KeyLife("second", REAL + ROTATED_EVERY)
BOTH = [FIRST, SECOND]
A_SECOND = timedelta(seconds=1)


def test_the_first_pair_signs_at_once_and_for_ninety_days() -> None:
    assert is_due([], REAL)
    assert signing([FIRST], REAL) == FIRST
    assert not is_due([FIRST], SECOND.made_at - A_SECOND)
    assert is_due([FIRST], SECOND.made_at)


def test_the_next_pair_is_published_before_it_signs() -> None:
    assert signing(BOTH, SECOND.made_at) == FIRST
    assert signing(BOTH, SECOND.signs_from - A_SECOND) == FIRST
    assert signing(BOTH, SECOND.signs_from) == SECOND


def test_every_copy_and_every_reader_has_it_by_then() -> None:
    assert RELOADED_EVERY + timedelta(seconds=REFETCH_SECONDS + LEEWAY_SECONDS) < PUBLISHED_BEFORE


def test_the_pair_before_is_kept_until_its_last_token_has_run_out() -> None:
    # A copy that has not read anew yet signs with it for a while longer.
    last_token_ends = SECOND.signs_from + RELOADED_EVERY + timedelta(seconds=GRANT_SECONDS + LEEWAY_SECONDS)
    assert SECOND.signs_from + KEPT_AFTER > last_token_ends
    assert forgotten(BOTH, last_token_ends) == []
    assert forgotten(BOTH, SECOND.signs_from + KEPT_AFTER) == [FIRST]
    assert forgotten([FIRST], REAL + 10 * ROTATED_EVERY) == []
