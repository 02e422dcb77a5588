"""Device tokens: `rgd_<user id>_<device id>_<signature>`, proof that this person has signed in there before.

One opens nothing. Whoever sends it along with a sign-in is not held up by what strangers tried.
"""

import re
from dataclasses import dataclass

from accounts.domain.signer import Signer
from chassis.kernel.ids import Id, new_id

PREFIX = "rgd"
_FORM = re.compile(rf"{PREFIX}_(?P<user>[0-9a-f]{{32}})_(?P<device>[0-9a-f]{{32}})_(?P<signature>[0-9a-f]{{64}})")


@dataclass(frozen=True)
class KnownDevice:
    """Whose, and which one."""

    user_id: Id
    device_id: Id


class KnownDevices:
    """Signs and reads the tokens."""

    def __init__(self, internal_token: str) -> None:
        self._signer = Signer(internal_token, "regrade device tokens")

    def write(self, device: KnownDevice) -> str:
        """The same text for the same device."""
        body = f"{PREFIX}_{device.user_id.hex}_{device.device_id.hex}"
        return f"{body}_{self._signer.sign(body)}"

    def read(self, text: str | None) -> KnownDevice | None:
        """The device; a token that was not made by us is as good as none."""
        found = _FORM.fullmatch(text or "")
        if found is None or not self._signer.has_signed(found[0].rpartition("_")[0], found["signature"]):
            return None
        return KnownDevice(Id(found["user"]), Id(found["device"]))

    def of(self, user_id: Id, known: KnownDevice | None) -> str:
        """The token for a person who has just signed in: the one that was sent, or one for a new device."""
        if known is None or known.user_id != user_id:
            known = KnownDevice(user_id, new_id())
        return self.write(known)
