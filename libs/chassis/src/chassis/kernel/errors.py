"""Refusals by name: every error a user can meet derives from one of these six kinds."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal that changes nothing.

    `code` is stable and snake_case, `title` is the sentence the user hears, `detail` says what exactly
    was wrong this time, and `facts` are machine-readable members of the problem document (RFC 9457).
    """

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str = "", **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.facts = facts


class NotFound(DomainError):
    """Not there, or not yours: both look the same from outside (404)."""

    code = "not_found"
    title = "There is no such thing, or it is not yours"


class WrongState(DomainError):
    """The object exists, but its state does not allow the move (409)."""

    code = "wrong_state"
    title = "The current state does not allow this"


class Invalid(DomainError):
    """The request can never be right as it stands (422)."""

    code = "invalid"
    title = "The request is not valid"


class Forbidden(DomainError):
    """Who asks is known, but may not do this (403)."""

    code = "forbidden"
    title = "You may not do this"


class Unavailable(DomainError):
    """Something outside did not answer; nothing is known to have changed (503)."""

    code = "unavailable"
    title = "A part that is needed does not answer at the moment"


class Overtaken(DomainError):
    """What the asker has seen of the object is no longer so; reading it again helps (412)."""

    code = "stale_version"
    title = "The object was changed by somebody else in the meantime"


class StaleVersion(WrongState):
    """Somebody else changed the object between our read and our write."""

    code = "stale_version"
    title = "The object was changed by somebody else in the meantime"
