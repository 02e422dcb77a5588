"""Which failure of a write means that somebody else was quicker."""

from sqlalchemy.exc import IntegrityError

_UNIQUE_VIOLATION = "23505"


def is_taken(error: IntegrityError) -> bool:
    """A value that may stand once stands there already; every other failure is a mistake of ours."""
    return getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION
