"""Edits of what somebody has read before: an ETag names the version, If-Match the version that is to be changed."""

import re
from typing import Annotated

from fastapi import Depends, Header

from chassis.web.problems import Problem

# No object has it, so whoever names it has seen nothing of ours.
_NO_VERSION = 0
_FORM = re.compile(r'"v([1-9][0-9]{0,9})"')


def etag(version: int) -> str:
    """The strong ETag of a version: `"v7"`."""
    return f'"v{version}"'


class SeenVersion:
    """The version in If-Match; read only once the caller is known, so that 401 and 403 come before this 428."""

    def __init__(self, if_match: str | None) -> None:
        self._if_match = if_match

    @property
    def version(self) -> int:
        """The number, or 0 for an ETag that is none of ours; 428 without the header."""
        if self._if_match is None:
            raise Problem(428, "if_match_required", "An If-Match header with the object's ETag is needed")
        found = _FORM.fullmatch(self._if_match.strip())
        return int(found[1]) if found else _NO_VERSION


async def seen_version(
    if_match: Annotated[
        str | None, Header(description="The ETag of the object as you have read it", max_length=100)
    ] = None,
) -> SeenVersion:
    """The dependency of every edit."""
    return SeenVersion(if_match)


Seen = Annotated[SeenVersion, Depends(seen_version)]
