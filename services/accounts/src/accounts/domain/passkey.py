"""A passkey (WebAuthn credential) of a person: a key pair whose private half never leaves the person's device."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel.ids import Id

# More than anybody has devices; a bound, because every one is named in each sign-in.
PASSKEYS_MAX = 20


@dataclass(frozen=True)
class Passkey:
    """`public_key` is COSE, `sign_count` the device's own counter (0 for ever on devices that keep none). Real times.

    It has no public story: `version` only guards the save.
    """

    id: Id
    version: int
    user_id: Id
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    added_at: datetime
    last_used_at: datetime | None = None

    def used(self, sign_count: int, at: datetime) -> "Passkey":
        """It has just signed; the counter was compared before."""
        return replace(self, version=self.version + 1, sign_count=sign_count, last_used_at=at)


@dataclass(frozen=True)
class NewCredential:
    """What a device has made, after it was checked."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
