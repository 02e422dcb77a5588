"""A change request: open, and then decided once."""

from accounts.domain.change_request import MOVES, RequestRejection, RequestState
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import NOW, a_change_request


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    tried = check_every_move(
        MOVES,
        RequestState,
        lambda state: a_change_request(state=state),
        {
            "approve": lambda request: request.approve(NOW),
            "reject": lambda request: request.reject(RequestRejection.OTHER, "Call us.", NOW),
            "withdraw": lambda request: request.withdraw(NOW),
        },
        lambda request: request.state,
    )
    assert tried == 3 * len(RequestState)


def test_a_rejection_says_why_and_what_to_do() -> None:
    rejected = a_change_request().reject(RequestRejection.PROOF_MISSING, "Send the extract of the register.", NOW)
    assert (rejected.reason, rejected.next_step) == ("proof_missing", "Send the extract of the register.")
    assert (rejected.version, rejected.decided_at) == (2, NOW)
