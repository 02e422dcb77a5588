"""An invitation into a company: a mailed link that works once, until it expires or is taken back."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from accounts.domain.errors import (
    InvitationLinkExpired,
    InvitationLinkInvalid,
    InvitationLinkUsed,
    InvitationMailTooSoon,
    InvitationMoveRefused,
)
from accounts.domain.scopes import Role
from accounts.domain.user import MAIL_EVERY, Link
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable

# More than a company needs at once, and too few to fill strangers' mailboxes.
OPEN_MAX = 50


class InvitationState(StrEnum):
    """Open until it is accepted or taken back; that its link has expired shows in the time."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


MOVES = StateTable(
    {
        ("send_again", InvitationState.OPEN): InvitationState.OPEN,
        ("accept", InvitationState.OPEN): InvitationState.ACCEPTED,
        ("withdraw", InvitationState.OPEN): InvitationState.WITHDRAWN,
    },
    InvitationMoveRefused,
)


@dataclass(frozen=True)
class Invitation:
    """`email` is lower case. Nothing tells the company whether the address has an account elsewhere. Times are real time."""

    id: Id
    version: int
    company_id: Id
    state: InvitationState
    email: str
    name: str
    role: Role
    link: Link
    invited_at: datetime

    def send_again(self, nonce: str, at: datetime) -> "Invitation":
        """A new link, in a new mail; the one before works no longer."""
        state = MOVES.after("send_again", self.state)
        if at < self.link.requested_at + MAIL_EVERY:
            raise InvitationMailTooSoon()
        link = Link(nonce, at + self.link.valid_for, at, self.link.valid_for)
        return replace(self, version=self.version + 1, state=state, link=link)

    def accept(self) -> "Invitation":
        """The person is in the company."""
        return self._moved("accept")

    def withdraw(self) -> "Invitation":
        """The link works no longer."""
        return self._moved("withdraw")

    def check_link(self, nonce: str, at: datetime) -> None:
        """Refuse a link that was used, replaced, taken back, or is too old."""
        if self.state is InvitationState.ACCEPTED:
            raise InvitationLinkUsed()
        if self.state is not InvitationState.OPEN or self.link.nonce != nonce:
            raise InvitationLinkInvalid()
        if at >= self.link.expires_at:
            raise InvitationLinkExpired()

    def _moved(self, move: str) -> "Invitation":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))
