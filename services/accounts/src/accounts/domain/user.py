"""A person of a company: the e-mail address to sign in with, the password's hash, and the links that were mailed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import (
    ActivationLinkExpired,
    ActivationLinkInvalid,
    ActivationLinkUsed,
    PasswordLinkExpired,
    PasswordLinkInvalid,
    PasswordTooLong,
    PasswordTooShort,
)
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.scopes import Role
from chassis.kernel.ids import Id

PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 256
# A mail a minute is enough for whoever waits for it, and too little to flood a mailbox.
MAIL_EVERY = timedelta(minutes=1)


class UserState(StrEnum):
    """Before and after the activation link was used, after the person has left the company, and after being forgotten."""

    PENDING = "pending"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    ERASED = "erased"


@dataclass(frozen=True)
class Link:
    """A mailed link: `nonce` makes its token unlike any other, `valid_for` is the market's rule when it was asked for.

    All times are real time.
    """

    nonce: str
    expires_at: datetime
    requested_at: datetime
    valid_for: timedelta

    def renewed(self, nonce: str, at: datetime) -> "Link":
        """Itself while it works, so that two mails carry one link; else a new one."""
        if at < self.expires_at:
            return self
        return Link(nonce, at + self.valid_for, at, self.valid_for)


@dataclass(frozen=True)
class User:
    """`email` is lower case and unique. A person has no public story of its own: `version` only guards the save.

    `link` activates the account, `password_link` sets another password.
    """

    id: Id
    version: int
    company_id: Id
    kind: str
    state: UserState
    email: str
    name: str
    password_hash: str | None = None
    link: Link | None = None
    password_link: Link | None = None
    role: Role = Role.OWNER

    def activate(self, nonce: str, password_hash: str, at: datetime) -> "User":
        """Use the link: once, and in time."""
        if self.state is UserState.ACTIVE:
            raise ActivationLinkUsed()
        if self.link is None or self.link.nonce != nonce:
            raise ActivationLinkInvalid()
        if at >= self.link.expires_at:
            raise ActivationLinkExpired()
        return self._next(state=UserState.ACTIVE, password_hash=password_hash, link=None)

    def may_ask_for_mail(self, at: datetime) -> bool:
        """Only somebody who is not active yet, and not twice in a minute."""
        return self.link is not None and at >= self.link.requested_at + MAIL_EVERY

    def ask_for_link(self, nonce: str, at: datetime) -> "User":
        """The mail shall go out again."""
        return self._next(link=replace(self.working_link(nonce, at), requested_at=at))

    def working_link(self, nonce: str, at: datetime) -> Link:
        """The link to send: the present one, or one with the new nonce where that has expired."""
        if self.link is None:
            raise ActivationLinkUsed()
        return self.link.renewed(nonce, at)

    def with_link(self, link: Link) -> "User":
        """Another link; the one before works no longer."""
        return self._next(link=link)

    def may_ask_for_password_link(self, at: datetime) -> bool:
        """Whoever has a password, but not twice in a minute. One operator's password is the environment's."""
        if self.state is not UserState.ACTIVE or self.id == OPERATOR_USER:
            return False
        return self.password_link is None or at >= self.password_link.requested_at + MAIL_EVERY

    def ask_for_password_link(self, nonce: str, valid_for: timedelta, at: datetime) -> "User":
        """A new link each time: only the newest mail works."""
        return self._next(password_link=Link(nonce, at + valid_for, at, valid_for))

    def usable_password_link(self, at: datetime) -> Link:
        """The link to mail, or the reason why there is none."""
        if self.password_link is None:
            raise PasswordLinkInvalid()
        if at >= self.password_link.expires_at:
            raise PasswordLinkExpired()
        return self.password_link

    def reset_password(self, nonce: str, password_hash: str, at: datetime) -> "User":
        """Use the link: once, and in time."""
        if self.password_link is None or self.password_link.nonce != nonce:
            raise PasswordLinkInvalid()
        self.usable_password_link(at)
        return self._next(password_hash=password_hash, password_link=None)

    def with_sign_in(self, email: str, password_hash: str) -> "User":
        """Another address and password."""
        return self._next(email=email, password_hash=password_hash)

    def _next(self, **changes: object) -> "User":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def check_password(password: str) -> None:
    """Refuse what is too short to be safe or too long to be hashed."""
    if len(password) < PASSWORD_LENGTH_MIN:
        raise PasswordTooShort(length_min=PASSWORD_LENGTH_MIN)
    if len(password) > PASSWORD_LENGTH_MAX:
        raise PasswordTooLong(length_max=PASSWORD_LENGTH_MAX)
