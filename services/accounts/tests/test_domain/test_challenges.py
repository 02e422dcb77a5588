"""Challenges are read for what and whom they were made, for five minutes, and never made up."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.domain.challenges import VALID_FOR, Challenge, Challenges, Purpose
from accounts.domain.errors import ChallengeRefused
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import REAL

CHALLENGES = Challenges("internal")
USER = new_id()
GIVEN = CHALLENGES.new(Purpose.SECOND_FACTOR, REAL, USER, "hashed")


@pytest.mark.parametrize(
    "given", [GIVEN, CHALLENGES.new(Purpose.PASSKEY, REAL), CHALLENGES.new(Purpose.PROOF, REAL, USER)]
)
def test_it_is_read_back_until_it_runs_out(given: Challenge) -> None:
    text = CHALLENGES.write(given)
    almost = REAL + VALID_FOR - timedelta(seconds=1)
    assert CHALLENGES.read(text, given.purpose, almost) == given
    with pytest.raises(ChallengeRefused):
        CHALLENGES.read(text, given.purpose, REAL + VALID_FOR)


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.SECOND_FACTOR])
def test_it_is_good_for_nothing_else(purpose: Purpose) -> None:
    with pytest.raises(ChallengeRefused):
        CHALLENGES.read(CHALLENGES.write(GIVEN), purpose, REAL)


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: "",
        lambda text: "nonsense",
        lambda text: text.replace(USER.hex, new_id().hex),
        lambda text: text.replace("_factor_", "_passkey_"),
        lambda text: text.replace(f"_{int(GIVEN.expires_at.timestamp())}_", "_99999999999_"),
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"),
        lambda text: text + "\n",
        lambda text: Challenges("another platform").write(GIVEN),
    ],
)
def test_a_forged_one_is_refused(forge: Callable[[str], str]) -> None:
    forged = forge(CHALLENGES.write(GIVEN))
    for purpose in (Purpose.SECOND_FACTOR, Purpose.PASSKEY):
        with pytest.raises(ChallengeRefused):
            CHALLENGES.read(forged, purpose, REAL)


def test_two_are_never_alike_and_the_mark_follows_the_password() -> None:
    again = CHALLENGES.new(Purpose.SECOND_FACTOR, REAL, USER, "hashed")
    assert again.id != GIVEN.id
    assert again.mark == GIVEN.mark == CHALLENGES.mark_of("hashed")
    assert CHALLENGES.mark_of("hashed anew") != GIVEN.mark
    assert "hashed" not in CHALLENGES.write(GIVEN)
