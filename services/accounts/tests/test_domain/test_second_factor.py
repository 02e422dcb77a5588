"""The authenticator's states, its codes and the recovery codes: each works once."""

from collections.abc import Callable

import pytest

from accounts.domain.errors import AuthenticatorMoveRefused, SecondFactorRefused
from accounts.domain.factors import Factors
from accounts.domain.recovery_codes import COUNT, new_recovery_codes, recovery_hash
from accounts.domain.second_factor import MOVES, AuthenticatorState, SecondFactor
from chassis.kernel.ids import new_id
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import a_passkey, a_second_factor

STEP = 59_713_980


def test_every_move_of_an_authenticator_leads_where_the_table_says_or_is_refused() -> None:
    moves: dict[str, Callable[[SecondFactor], SecondFactor]] = {
        "offer": lambda one: one.offer("sealed anew"),
        "confirm": lambda one: one.confirm(STEP),
        "use": lambda one: one.use_step(STEP),
        "remove": lambda one: one.remove_authenticator(),
    }
    tried = check_every_move(
        MOVES,
        AuthenticatorState,
        lambda state: a_second_factor(authenticator=state),
        moves,
        lambda one: one.authenticator,
    )
    assert tried == len(AuthenticatorState) * len(moves)


def test_only_a_right_code_confirms_and_it_is_used_by_that() -> None:
    offered = SecondFactor(new_id(), 1).offer("sealed")
    with pytest.raises(SecondFactorRefused):
        offered.confirm(None)
    on = offered.confirm(STEP)
    with pytest.raises(SecondFactorRefused):
        on.use_step(STEP)


@pytest.mark.parametrize("again", [STEP, STEP - 1, None])
def test_a_code_works_once_and_no_older_one_after_it(again: int | None) -> None:
    used = a_second_factor().use_step(STEP)
    with pytest.raises(SecondFactorRefused):
        used.use_step(again)
    assert used.use_step(STEP + 1).last_step == STEP + 1


def test_a_new_secret_does_not_inherit_the_steps_of_the_old_one() -> None:
    removed = a_second_factor().use_step(STEP).remove_authenticator()
    assert (removed.secret, removed.last_step) == (None, None)
    assert removed.offer("another").confirm(STEP - 1).is_on


def test_recovery_codes_are_ten_and_each_works_once_however_it_is_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == COUNT == 10
    factor = a_second_factor().with_recovery_codes(codes)
    used = factor.use_recovery_code(f" {codes[3].upper().replace('-', ' ')} ")
    assert len(used.recovery_hashes) == 9
    with pytest.raises(SecondFactorRefused):
        used.use_recovery_code(codes[3])
    assert len(used.use_recovery_code(codes[4]).recovery_hashes) == 8


def test_recovery_codes_are_kept_as_hashes_of_their_person() -> None:
    codes = new_recovery_codes()
    mine, other = a_second_factor().with_recovery_codes(codes), a_second_factor()
    assert set(mine.recovery_hashes) == {recovery_hash(mine.id, code) for code in codes}
    assert recovery_hash(mine.id, codes[0]) != recovery_hash(other.id, codes[0])
    assert not any(code.replace("-", "") in hash for code in codes for hash in mine.recovery_hashes)


def test_new_recovery_codes_replace_those_before() -> None:
    first, second = new_recovery_codes(), new_recovery_codes()
    factor = a_second_factor().with_recovery_codes(first).with_recovery_codes(second)
    with pytest.raises(SecondFactorRefused):
        factor.use_recovery_code(first[0])


def test_what_may_be_shown_is_what_there_is() -> None:
    off = SecondFactor(new_id(), 1)
    assert (Factors(off, ()).are_any, Factors(off, ()).kinds) == (False, ())
    # Codes that are left over from nothing open nothing by themselves.
    assert not Factors(off.with_recovery_codes(new_recovery_codes()), ()).are_any
    assert Factors(a_second_factor(), ()).kinds == ("code",)
    assert Factors(off, (a_passkey(),)).kinds == ("passkey",)
    full = Factors(a_second_factor().with_recovery_codes(new_recovery_codes()), (a_passkey(),))
    assert (full.are_any, full.kinds) == (True, ("code", "recovery_code", "passkey"))


def test_a_refusal_names_the_state() -> None:
    with pytest.raises(AuthenticatorMoveRefused) as refused:
        a_second_factor().confirm(STEP)
    assert refused.value.facts["state"] == "on"
