"""Activation tokens: `<user id>.<nonce>.<signature>`, signed with HMAC-SHA-256 and made again from what is stored."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from accounts.domain.errors import ActivationLinkInvalid
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ActivationToken:
    """Who it is for and which link it is."""

    user_id: Id
    nonce: str


class ActivationTokens:
    """Signs and reads tokens. The key is derived, so that it is of no use for anything else the platform's token opens."""

    def __init__(self, internal_token: str) -> None:
        self._key = hmac.digest(internal_token.encode(), b"regrade activation links", hashlib.sha256)

    def write(self, token: ActivationToken) -> str:
        """The same token for the same link, so a mail that is sent twice carries one link."""
        body = f"{token.user_id.hex}.{token.nonce}"
        return f"{body}.{self._signature(body)}"

    def read(self, text: str) -> ActivationToken:
        """The token, or `ActivationLinkInvalid`; whether it still works is the person's state."""
        body, _, signature = text.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            raise ActivationLinkInvalid()
        user_id, _, nonce = body.partition(".")
        return ActivationToken(Id(user_id), nonce)

    def _signature(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()


def new_nonce() -> str:
    """128 random bits."""
    return secrets.token_hex(16)
