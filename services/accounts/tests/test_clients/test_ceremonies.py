"""Passkeys: what was made for somebody else, somewhere else, or without the person there is refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import cbor2
import pytest

from accounts.clients.ceremonies import Place, WebauthnCeremonies, place_of
from accounts.domain.errors import PasskeyRefused, SecondFactorRefused
from accounts.domain.passkey import Passkey
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import a_passkey, an_active_user
from services.accounts.tests.soft_device import SoftDevice, decoded, encoded

ORIGIN = "https://regrade.example"
HERE = WebauthnCeremonies(place_of(ORIGIN))
USER = an_active_user()


def registered(device: SoftDevice, known: tuple[Passkey, ...] = ()) -> Passkey:
    made = HERE.created(device.create(HERE.creation(USER, known, "a challenge")), "a challenge")
    return a_passkey(
        user_id=USER.id, credential_id=made.credential_id, public_key=made.public_key, sign_count=made.sign_count
    )


def shown(device: SoftDevice, passkey: Passkey, challenge: str = "another") -> Mapping[str, Any]:
    return device.get(HERE.request((passkey,), challenge))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://regrade.example", Place("regrade.example", "https://regrade.example")),
        ("https://shop.example:8443/", Place("shop.example", "https://shop.example:8443")),
        ("http://127.0.0.1:8080", Place("localhost", "http://localhost:8080")),
        ("http://[::1]:8080", Place("localhost", "http://localhost:8080")),
        ("http://localhost:8080", Place("localhost", "http://localhost:8080")),
    ],
)
def test_a_place_has_a_name_even_where_a_machine_calls_itself_by_a_number(url: str, place: Place) -> None:
    assert place_of(url) == place


def test_a_passkey_is_made_and_used() -> None:
    device = SoftDevice(ORIGIN)
    passkey = registered(device)
    assert HERE.used(shown(device, passkey), "another", passkey) == 1
    assert HERE.credential_id(shown(device, passkey)) == passkey.credential_id


def test_the_device_is_asked_for_its_user_and_to_find_the_passkey_by_itself() -> None:
    options = HERE.creation(USER, (a_passkey(),), "a challenge")
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(options["excludeCredentials"]) == 1
    assert HERE.request((), "a challenge")["userVerification"] == "required"
    assert HERE.request((), "a challenge")["allowCredentials"] == []


@pytest.mark.parametrize(
    "device", [SoftDevice("https://regrade.example.evil.example"), SoftDevice(ORIGIN, verifies=False)]
)
def test_none_is_made_elsewhere_or_with_nobody_there(device: SoftDevice) -> None:
    with pytest.raises(PasskeyRefused):
        registered(device)


def test_none_is_made_for_another_challenge() -> None:
    made = SoftDevice(ORIGIN).create(HERE.creation(USER, (), "a challenge"))
    with pytest.raises(PasskeyRefused):
        HERE.created(made, "another")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: {**made, "response": {**made["response"], "attestationObject": "AAAA"}},
        lambda made: {**made, "response": {**made["response"], "clientDataJSON": "AAAA"}},
        lambda made: {**made, "id": "AAAA"},
        lambda made: {**made, "response": {**made["response"], "attestationObject": "A"}},
    ],
)
def test_nonsense_is_refused_by_name(spoil: Callable[[Any], Any]) -> None:
    made = SoftDevice(ORIGIN).create(HERE.creation(USER, (), "a challenge"))
    with pytest.raises(PasskeyRefused):
        HERE.created(spoil(made), "a challenge")


def test_a_key_with_a_part_missing_is_refused_by_name() -> None:
    made = SoftDevice(ORIGIN).create(HERE.creation(USER, (), "a challenge"))
    kept = cbor2.loads(decoded(made["response"]["attestationObject"]))
    # The key is the last thing in it; a map without its type is no key.
    cut = kept["authData"].rindex(b"\xa5\x01\x02")
    kept["authData"] = kept["authData"][:cut] + cbor2.dumps({3: -7})
    spoilt = {**made["response"], "attestationObject": encoded(cbor2.dumps(kept))}
    with pytest.raises(PasskeyRefused):
        HERE.created({**made, "response": spoilt}, "a challenge")


def test_an_answer_to_another_challenge_or_from_elsewhere_is_refused() -> None:
    device = SoftDevice(ORIGIN)
    passkey = registered(device)
    with pytest.raises(SecondFactorRefused):
        HERE.used(shown(device, passkey), "yet another", passkey)
    device.origin = "https://regrade.example.evil.example"
    with pytest.raises(SecondFactorRefused):
        HERE.used(shown(device, passkey), "another", passkey)
    elsewhere = WebauthnCeremonies(Place("evil.example", ORIGIN))
    device.origin = ORIGIN
    with pytest.raises(SecondFactorRefused):
        HERE.used(device.get(elsewhere.request((passkey,), "another")), "another", passkey)


def test_a_counter_that_stands_still_or_goes_back_is_refused_and_none_at_all_is_not() -> None:
    device = SoftDevice(ORIGIN)
    passkey = replace(registered(device), sign_count=7)
    device.counter = 6
    with pytest.raises(SecondFactorRefused):
        HERE.used(shown(device, passkey), "another", passkey)
    assert HERE.used(shown(device, passkey), "another", passkey) == 8
    still = SoftDevice(ORIGIN, counts=False)
    passkey = registered(still)
    assert HERE.used(shown(still, passkey), "another", passkey) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: {
            **made,
            "response": {**made["response"], "signature": made["response"]["signature"][:-4] + "AAAA"},
        },
        lambda made: {**made, "response": {**made["response"], "authenticatorData": "AAAA"}},
        lambda made: {**made, "response": {**made["response"], "userHandle": "AAAA"}},
        lambda made: {**made, "response": {**made["response"], "userHandle": "A"}},
    ],
)
def test_an_answer_that_was_tampered_with_is_refused(spoil: Callable[[Any], Any]) -> None:
    device = SoftDevice(ORIGIN)
    passkey = registered(device)
    with pytest.raises(SecondFactorRefused):
        HERE.used(spoil(shown(device, passkey)), "another", passkey)


def test_a_passkey_signs_for_its_own_person_only() -> None:
    device = SoftDevice(ORIGIN)
    passkey = registered(device)
    other = replace(registered(SoftDevice(ORIGIN)), user_id=new_id())
    with pytest.raises(SecondFactorRefused):
        HERE.used(shown(device, passkey), "another", other)
