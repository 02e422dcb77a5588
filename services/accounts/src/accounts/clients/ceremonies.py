"""WebAuthn: what browsers are asked, and whether what they answer was made for us, with the person there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import InvalidAuthenticationResponse
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.domain.challenges import VALID_FOR
from accounts.domain.errors import PasskeyRefused, SecondFactorRefused
from accounts.domain.passkey import NewCredential, Passkey
from accounts.domain.user import User

log = structlog.get_logger(__name__)

_NAME = "Regrade"
_PATIENCE_MS = int(VALID_FOR.total_seconds()) * 1000

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where passkeys are good: `rp_id` is the host of our pages, `origin` how a browser names them."""

    rp_id: str
    origin: str


def place_of(public_url: str) -> Place:
    """The place of our public address. WebAuthn knows no numbers, so a machine that calls itself is `localhost`."""
    url = urlsplit(public_url)
    host = url.hostname or ""
    if _is_loopback(host):
        host = "localhost"
    port = f":{url.port}" if url.port else ""
    return Place(host, f"{url.scheme}://{host}{port}")


class WebauthnCeremonies:
    """Every passkey can be found by the device itself, and each use asks the device who its user is (PIN, finger, face)."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def creation(self, user: User, known: Sequence[Passkey], challenge: str) -> Json:
        """The options of `navigator.credentials.create`."""
        options = generate_registration_options(
            rp_id=self._place.rp_id,
            rp_name=_NAME,
            user_id=user.id.bytes,
            user_name=user.email,
            user_display_name=user.name,
            challenge=challenge.encode(),
            timeout=_PATIENCE_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(known),
        )
        return _as_json(options)

    def created(self, credential: Json, challenge: str) -> NewCredential:
        """Attestation is not asked for: whoever made the device is trusted by its owner."""
        try:
            made = verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge.encode(),
                expected_rp_id=self._place.rp_id,
                expected_origin=self._place.origin,
                require_user_verification=True,
            )
        # The library trips over what no browser sends, with whatever error it happens upon.
        except Exception as error:
            log.info("passkey.refused", why=f"{type(error).__name__}: {error}"[:200])
            raise PasskeyRefused() from error
        return NewCredential(made.credential_id, made.credential_public_key, made.sign_count)

    def request(self, known: Sequence[Passkey], challenge: str) -> Json:
        """The options of `navigator.credentials.get`."""
        options = generate_authentication_options(
            rp_id=self._place.rp_id,
            challenge=challenge.encode(),
            timeout=_PATIENCE_MS,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _as_json(options)

    def credential_id(self, assertion: Json) -> bytes:
        """As the answer says it; base64url is checked at the door."""
        return base64url_to_bytes(assertion["id"])

    def used(self, assertion: Json, challenge: str, passkey: Passkey) -> int:
        """A counter that does not go forward means that there are two of the device: nobody gets in by it."""
        try:
            handle = assertion["response"].get("userHandle")
            if handle and base64url_to_bytes(handle) != passkey.user_id.bytes:
                raise InvalidAuthenticationResponse("it is another person's")
            checked = verify_authentication_response(
                credential=dict(assertion),
                expected_challenge=challenge.encode(),
                expected_rp_id=self._place.rp_id,
                expected_origin=self._place.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except Exception as error:
            log.info("passkey.refused", passkey_id=str(passkey.id), why=f"{type(error).__name__}: {error}"[:200])
            raise SecondFactorRefused() from error
        return checked.new_sign_count


def _described(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in known]


def _as_json(options: Any) -> Json:
    plain: Json = json.loads(options_to_json(options))
    return plain


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
