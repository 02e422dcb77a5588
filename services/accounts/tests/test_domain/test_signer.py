"""Tokens that were given out stay good: the signatures and forms of yesterday are read today."""

import hashlib
import hmac

import pytest

from accounts.domain.known_devices import KnownDevice, KnownDevices
from accounts.domain.link_tokens import LinkPurpose, LinkToken, LinkTokens
from accounts.domain.refresh_tokens import RefreshToken, RefreshTokens
from accounts.domain.signer import Signer
from chassis.kernel.ids import Id

ONE = Id("019aa000-0000-7000-8000-000000000001")
TWO = Id("019aa000-0000-7000-8000-000000000002")


def test_a_signature_is_that_of_rfc_2104_under_a_key_of_its_purpose() -> None:
    key = hmac.digest(b"internal", b"a purpose", hashlib.sha256)
    signer = Signer("internal", "a purpose")
    assert signer.sign("body") == hmac.new(key, b"body", hashlib.sha256).hexdigest()
    assert signer.has_signed("body", signer.sign("body"))


@pytest.mark.parametrize(
    ("signer", "body"),
    [
        (Signer("internal", "another purpose"), "body"),
        (Signer("another platform", "a purpose"), "body"),
        (Signer("internal", "a purpose"), "another body"),
    ],
)
def test_no_key_signs_for_another_one(signer: Signer, body: str) -> None:
    assert not Signer("internal", "a purpose").has_signed("body", signer.sign(body))


def test_tokens_have_the_form_they_always_had() -> None:
    # Made before the signatures were in one place.
    device, refresh, link = (
        "rgd_019aa000000070008000000000000001_019aa000000070008000000000000002_"
        "d46c152f7f83f294ef436666a33cc14231b9eeb57ba164a9029a2883c0a48aa1",
        "rgs_019aa000000070008000000000000001_7_5a72324614156393dbaf0b3794cabde1c2f7419ba8e813e156df11bc7f109dc5",
        "019aa000000070008000000000000001.n0nce.c62c3635e5d18c3243ed9394dcd86886dd8a0a86c928d56e4381c1975986cee5",
    )
    assert KnownDevices("internal").read(device) == KnownDevice(ONE, TWO)
    assert RefreshTokens("internal").read(refresh) == RefreshToken(ONE, 7)
    assert LinkTokens("internal", LinkPurpose.EMAIL).read(link) == LinkToken(ONE, "n0nce")
