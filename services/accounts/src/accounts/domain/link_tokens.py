"""Tokens of mailed links: `<id>.<nonce>.<signature>`, signed with HMAC-SHA-256 and made again from what is stored."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from accounts.domain.errors import (
    ActivationLinkInvalid,
    EmailLinkInvalid,
    InvitationLinkInvalid,
    PasswordLinkInvalid,
)
from accounts.domain.signer import Signer
from chassis.kernel.errors import DomainError
from chassis.kernel.ids import Id


class LinkPurpose(StrEnum):
    """What a link is for. The value is part of the key, so that no link opens what another one is for."""

    ACTIVATION = "activation"
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - a purpose, no secret
    EMAIL = "e-mail"


_REFUSALS: dict[LinkPurpose, type[DomainError]] = {
    LinkPurpose.ACTIVATION: ActivationLinkInvalid,
    LinkPurpose.INVITATION: InvitationLinkInvalid,
    LinkPurpose.PASSWORD: PasswordLinkInvalid,
    LinkPurpose.EMAIL: EmailLinkInvalid,
}


@dataclass(frozen=True)
class LinkToken:
    """Whom or what it is for, a person, an invitation or a change of address, and which link it is."""

    subject_id: Id
    nonce: str


class LinkTokens:
    """Signs and reads the tokens of one purpose."""

    def __init__(self, internal_token: str, purpose: LinkPurpose) -> None:
        self._signer = Signer(internal_token, f"regrade {purpose} links")
        self._refusal = _REFUSALS[purpose]

    def write(self, token: LinkToken) -> str:
        """The same token for the same link, so a mail that is sent twice carries one link."""
        body = f"{token.subject_id.hex}.{token.nonce}"
        return f"{body}.{self._signer.sign(body)}"

    def read(self, text: str) -> LinkToken:
        """The token, or the refusal of its purpose; whether it still works is the person's state."""
        body, _, signature = text.rpartition(".")
        if not self._signer.has_signed(body, signature):
            raise self._refusal()
        subject_id, _, nonce = body.partition(".")
        return LinkToken(Id(subject_id), nonce)


def new_nonce() -> str:
    """128 random bits."""
    return secrets.token_hex(16)
