"""Authenticator apps: codes by RFC 6238 (SHA-1, six digits, half a minute: what every app can), secrets sealed at rest."""

import base64
import binascii
import hmac
import os
from collections.abc import Sequence
from datetime import datetime

import pyotp
import segno
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.kernel.ids import Id

log = structlog.get_logger(__name__)

ISSUER = "Regrade"
STEP_SECONDS = 30
# Clocks of telephones go a little wrong (RFC 6238, 5.2).
_DRIFT_STEPS = (0, -1, 1)
_NONCE_BYTES = 12


class SealedAuthenticators:
    """Seals with AES-256-GCM under a key derived from the platform's secret by HKDF-SHA-256, each for its person only."""

    def __init__(self, internal_token: str) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=b"regrade authenticator secrets").derive(internal_token.encode())
        self._cipher = AESGCM(key)

    def new_secret(self, user_id: Id) -> str:
        """160 random bits, as RFC 4226 wants them."""
        return self.seal(pyotp.random_base32(), user_id)

    def seal(self, plain: str, user_id: Id) -> str:
        """Nonce and cipher text, in base 64."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain.encode(), user_id.bytes)).decode()

    def plain(self, sealed: str, user_id: Id) -> str:
        """In base 32."""
        kept = base64.b64decode(sealed)
        return self._cipher.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], user_id.bytes).decode()

    def key_uri(self, plain: str, email: str) -> str:
        """`otpauth://totp/Regrade:…`."""
        return pyotp.TOTP(plain, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)

    def picture(self, uri: str) -> Sequence[str]:
        """Without its margin, at the usual level of correction."""
        return ["".join(map(str, row)) for row in segno.make(uri, error="m", micro=False).matrix]

    def step_of(self, sealed: str, user_id: Id, code: str, at: datetime) -> int | None:
        """The step whose code this is, one before or after at most."""
        try:
            app = pyotp.TOTP(self.plain(sealed, user_id), interval=STEP_SECONDS)
        except (InvalidTag, binascii.Error):
            # Sealed under another platform's secret: no code can be right, and somebody has to know why.
            log.warning("authenticator.not_opened", user_id=str(user_id))
            return None
        typed = "".join(code.split())
        now = int(at.timestamp()) // STEP_SECONDS
        found = None
        for drift in _DRIFT_STEPS:
            # All are compared, so that the time of the answer does not tell which one it was.
            fits = hmac.compare_digest(app.generate_otp(now + drift).encode(), typed.encode())
            found = now + drift if fits and found is None else found
        return found
