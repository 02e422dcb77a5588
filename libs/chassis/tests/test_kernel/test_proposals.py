"""Four eyes, without a database: every move in every state, and nobody confirms what they proposed."""

from datetime import timedelta

import pytest

from chassis.kernel.ids import new_id
from chassis.kernel.proposals import MOVES, Proposal, ProposalState, SecondPersonNeeded
from chassis.testing.clock import START
from chassis.testing.walk import check_every_move

ANNA, BEN = new_id(), new_id()


def a_proposal(state: ProposalState = ProposalState.PENDING) -> Proposal:
    return Proposal(new_id(), 1, state, "advance", new_id(), {}, "why", ANNA, START, START + timedelta(days=7))


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    moves = {
        "confirm": lambda one: one.confirm(BEN, START),
        "withdraw": lambda one: one.withdraw(ANNA, START),
        "lapse": lambda one: one.lapse(START),
    }
    assert check_every_move(MOVES, ProposalState, a_proposal, moves, lambda one: one.state) == 12


def test_the_same_person_is_no_second_one_but_may_take_it_back() -> None:
    with pytest.raises(SecondPersonNeeded):
        a_proposal().confirm(ANNA, START)
    assert a_proposal().withdraw(ANNA, START).decided_by == ANNA
    confirmed = a_proposal().confirm(BEN, START)
    assert (confirmed.decided_by, confirmed.decided_at, confirmed.version) == (BEN, START, 2)
