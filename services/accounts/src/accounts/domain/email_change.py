"""A person wants another e-mail address: asked for, perhaps granted by support, proven by a mailed link, used."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import EmailChangeMoveRefused, EmailLinkExpired, EmailLinkInvalid
from accounts.domain.user import Link
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class EmailChangeState(StrEnum):
    """Asked for until it is granted; granted until the new address is proven; a newer one takes its place."""

    ASKED = "asked"
    GRANTED = "granted"
    USED = "used"
    REFUSED = "refused"
    REPLACED = "replaced"


MOVES = StateTable(
    {
        ("grant", EmailChangeState.ASKED): EmailChangeState.GRANTED,
        ("refuse", EmailChangeState.ASKED): EmailChangeState.REFUSED,
        ("replace", EmailChangeState.ASKED): EmailChangeState.REPLACED,
        ("replace", EmailChangeState.GRANTED): EmailChangeState.REPLACED,
        ("use", EmailChangeState.GRANTED): EmailChangeState.USED,
    },
    EmailChangeMoveRefused,
)


@dataclass(frozen=True)
class EmailChange:
    """`email` is the new address, in its one spelling. It has no public story. All times are real time."""

    id: Id
    version: int
    user_id: Id
    company_id: Id
    state: EmailChangeState
    email: str
    asked_at: datetime
    link: Link | None = None

    def grant(self, nonce: str, valid_for: timedelta, at: datetime) -> "EmailChange":
        """The link may be mailed to the new address."""
        return self._after("grant", link=Link(nonce, at + valid_for, at, valid_for))

    def refuse(self) -> "EmailChange":
        """Support does not grant it."""
        return self._after("refuse")

    def replace(self) -> "EmailChange":
        """The person has asked for another one."""
        return self._after("replace", link=None)

    def usable_link(self, at: datetime) -> Link:
        """The link to mail, or the reason why there is none."""
        if self.state is not EmailChangeState.GRANTED or self.link is None:
            raise EmailLinkInvalid()
        if at >= self.link.expires_at:
            raise EmailLinkExpired()
        return self.link

    def use(self, nonce: str, at: datetime) -> "EmailChange":
        """The new address is proven: once, and in time."""
        if self.usable_link(at).nonce != nonce:
            raise EmailLinkInvalid()
        return self._after("use", link=None)

    def _after(self, move: str, **changes: object) -> "EmailChange":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state), **changes)  # type: ignore[arg-type]
