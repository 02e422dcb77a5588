"""Challenges: `rgc_<purpose>_<id>_<person>_<expiry>_<mark>_<signature>`, given out while a sign-in or a proof is half done.

Nothing is stored until one is used; what was used is kept until it would have run out, so that each works once.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import ChallengeRefused
from accounts.domain.signer import Signer
from chassis.kernel.ids import Id, new_id

PREFIX = "rgc"
# Long enough to fetch a telephone, too short to be worth stealing.
VALID_FOR = timedelta(minutes=5)
_NOBODY = "0" * 32
_FORM = re.compile(
    rf"{PREFIX}_(?P<purpose>[a-z]+)_(?P<id>[0-9a-f]{{32}})_(?P<user>[0-9a-f]{{32}})_(?P<expires>[0-9]{{1,12}})"
    r"_(?P<mark>[0-9a-f]{64})_(?P<signature>[0-9a-f]{64})"
)


class Purpose(StrEnum):
    """What it is for; one for something else is none."""

    # The password was right; the second factor is still to be shown.
    SECOND_FACTOR = "factor"
    # Somebody, nobody knows who yet, wants to sign in with a passkey.
    PASSKEY = "passkey"
    # A signed-in person who gave the password again adds a passkey.
    REGISTRATION = "register"
    # A signed-in person shows a passkey before something is taken away.
    PROOF = "prove"


@dataclass(frozen=True)
class Challenge:
    """`user_id` is None where nobody knows yet who it is. `mark` ties it to the password it was given out for."""

    purpose: Purpose
    id: Id
    user_id: Id | None
    expires_at: datetime
    mark: str


class Challenges:
    """Makes, signs and reads them."""

    def __init__(self, internal_token: str) -> None:
        self._signer = Signer(internal_token, "regrade challenges")

    def new(
        self, purpose: Purpose, at: datetime, user_id: Id | None = None, password_hash: str | None = None
    ) -> Challenge:
        """For the next five minutes."""
        return Challenge(purpose, new_id(), user_id, at + VALID_FOR, self.mark_of(password_hash))

    def mark_of(self, password_hash: str | None) -> str:
        """Another one for every password; tells nothing of it."""
        return self._signer.sign(f"password {password_hash}")

    def write(self, challenge: Challenge) -> str:
        """The text that the client sends back, and that a passkey signs."""
        user = challenge.user_id.hex if challenge.user_id else _NOBODY
        expires = int(challenge.expires_at.timestamp())
        body = f"{PREFIX}_{challenge.purpose}_{challenge.id.hex}_{user}_{expires}_{challenge.mark}"
        return f"{body}_{self._signer.sign(body)}"

    def read(self, text: str, purpose: Purpose, at: datetime) -> Challenge:
        """One that was made by us for this purpose and has not run out, or `ChallengeRefused`: one answer for all."""
        found = _FORM.fullmatch(text)
        if found is None or not self._signer.has_signed(text.rpartition("_")[0], found["signature"]):
            raise ChallengeRefused()
        expires_at = datetime.fromtimestamp(int(found["expires"]), UTC)
        if found["purpose"] != purpose or at >= expires_at:
            raise ChallengeRefused()
        user_id = None if found["user"] == _NOBODY else Id(found["user"])
        return Challenge(purpose, Id(found["id"]), user_id, expires_at, found["mark"])
