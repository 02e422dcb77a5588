"""Signatures under texts that come back to us, each kind with a key of its own, derived from the platform's secret."""

import hashlib
import hmac


class Signer:
    """HMAC-SHA-256 under a key that is of no use for anything else the secret opens: `purpose` makes it another one."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)

    def sign(self, body: str) -> str:
        """64 hexadecimal digits, the same for the same text."""
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()

    def has_signed(self, body: str, signature: str) -> bool:
        """Compared in a time that tells nothing of how much of it is right; either text may be anything."""
        return hmac.compare_digest(signature.encode(), self.sign(body).encode())
