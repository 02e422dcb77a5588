"""A device that makes passkeys and signs with them, in software: what a telephone and its browser do together."""

import base64
import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from chassis.kernel.ids import new_id

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
Json = Mapping[str, Any]


class SoftDevice:
    """Asked at `origin`; `counts` says whether it has a counter, `verifies` whether it asks who its user is."""

    def __init__(self, origin: str, *, counts: bool = True, verifies: bool = True) -> None:
        self.origin = origin
        self.counter = 0
        self._counts = counts
        self._flags = _PRESENT | (_VERIFIED if verifies else 0)
        self._keys: dict[str, tuple[EllipticCurvePrivateKey, str]] = {}

    def create(self, options: Json) -> dict[str, Any]:
        """`navigator.credentials.create`, as JSON."""
        key, id = generate_private_key(SECP256R1()), new_id().bytes
        self._keys[encoded(id)] = (key, options["user"]["id"])
        numbers = key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        data = self._data(options["rp"]["id"], _ATTESTED) + bytes(16) + struct.pack(">H", len(id)) + id + cose
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return _credential(id, {"clientDataJSON": encoded(client), "attestationObject": encoded(made)})

    def get(self, options: Json) -> dict[str, Any]:
        """`navigator.credentials.get`, as JSON, with the newest key that it may use."""
        allowed = [one["id"] for one in options.get("allowCredentials") or []]
        name = next(name for name in reversed(self._keys) if not allowed or name in allowed)
        key, user = self._keys[name]
        self.counter += self._counts
        data = self._data(options["rpId"])
        client = self._client("webauthn.get", options["challenge"])
        signature = key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        answer = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return _credential(decoded(name), {**{k: encoded(v) for k, v in answer.items()}, "userHandle": user})

    def _data(self, rp_id: str, more: int = 0) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", self._flags | more, self.counter)

    def _client(self, type: str, challenge: str) -> bytes:
        said = {"type": type, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()


def _credential(id: bytes, response: Json) -> dict[str, Any]:
    return {
        "id": encoded(id),
        "rawId": encoded(id),
        "type": "public-key",
        "response": response,
        "clientExtensionResults": {},
    }


def encoded(data: bytes) -> str:
    """base64url, as WebAuthn's JSON has it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """And back."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
