"""What edits of all kinds share: nobody overwrites what they have not seen."""

from typing import Protocol

from chassis.kernel.errors import Overtaken


class Versioned(Protocol):
    """Anything that counts its changes."""

    @property
    def version(self) -> int: ...


def must_be_at(seen: Versioned, version: int) -> None:
    """Refuse an edit of a version that has been overtaken."""
    if seen.version != version:
        raise Overtaken(version=seen.version)
