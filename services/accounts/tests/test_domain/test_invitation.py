"""An invitation's link: once, in time, and only the newest one."""

from datetime import timedelta

import pytest

from accounts.domain.errors import (
    InvitationLinkExpired,
    InvitationLinkInvalid,
    InvitationLinkUsed,
    InvitationMailTooSoon,
)
from accounts.domain.invitation import MOVES, InvitationState
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import REAL, an_invitation

LATER = REAL + timedelta(minutes=1)


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    tried = check_every_move(
        MOVES,
        InvitationState,
        lambda state: an_invitation(state=state),
        {
            "send_again": lambda one: one.send_again("another", LATER),
            "accept": lambda one: one.accept(),
            "withdraw": lambda one: one.withdraw(),
        },
        lambda one: one.state,
    )
    assert tried == 3 * len(InvitationState)


def test_a_link_works_in_time_and_only_the_newest() -> None:
    invitation = an_invitation()
    invitation.check_link("n0nce", REAL + timedelta(hours=72) - timedelta(seconds=1))
    with pytest.raises(InvitationLinkExpired):
        invitation.check_link("n0nce", REAL + timedelta(hours=72))
    again = invitation.send_again("another", REAL + timedelta(hours=80))
    again.check_link("another", REAL + timedelta(hours=80 + 71))
    with pytest.raises(InvitationLinkInvalid):
        again.check_link("n0nce", REAL)


def test_a_link_that_was_used_or_taken_back_says_which() -> None:
    with pytest.raises(InvitationLinkUsed):
        an_invitation().accept().check_link("n0nce", REAL)
    with pytest.raises(InvitationLinkInvalid):
        an_invitation().withdraw().check_link("n0nce", REAL)


def test_a_mail_a_minute_is_enough() -> None:
    with pytest.raises(InvitationMailTooSoon):
        an_invitation().send_again("another", REAL + timedelta(seconds=59))
