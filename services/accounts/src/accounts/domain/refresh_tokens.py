"""Refresh tokens: `rgs_<session id>_<generation>_<signature>`, made again from what is stored; the database holds no secret."""

import re
from dataclasses import dataclass

from accounts.domain.errors import RefreshRefused
from accounts.domain.signer import Signer
from chassis.kernel.ids import Id

PREFIX = "rgs"
_FORM = re.compile(rf"{PREFIX}_(?P<id>[0-9a-f]{{32}})_(?P<generation>[0-9]{{1,9}})_(?P<signature>[0-9a-f]{{64}})")


@dataclass(frozen=True)
class RefreshToken:
    """Which session, and which of its tokens."""

    session_id: Id
    generation: int


class RefreshTokens:
    """Signs and reads them."""

    def __init__(self, internal_token: str) -> None:
        self._signer = Signer(internal_token, "regrade refresh tokens")

    def write(self, token: RefreshToken) -> str:
        """The same text for the same token, so that a repeat gets the answer that was lost."""
        body = f"{PREFIX}_{token.session_id.hex}_{token.generation}"
        return f"{body}_{self._signer.sign(body)}"

    def read(self, text: str) -> RefreshToken:
        """The token, or `RefreshRefused` if it was not made by us; whether it still works is the session's state."""
        found = _FORM.fullmatch(text)
        if found is None or not self._signer.has_signed(text.rpartition("_")[0], found["signature"]):
            raise RefreshRefused()
        return RefreshToken(Id(found["id"]), int(found["generation"]))
