"""Codes by RFC 6238, and secrets that are sealed for one person."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.clients.authenticators import SealedAuthenticators
from chassis.kernel.ids import new_id

APPS = SealedAuthenticators("internal")
USER = new_id()
# "12345678901234567890" in base 32: the secret of RFC 6238, appendix B.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SEALED = APPS.seal(SECRET, USER)


@pytest.mark.parametrize(
    ("seconds", "code"),
    # The last six of the eight digits in the table of the appendix (SHA-1).
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert APPS.step_of(SEALED, USER, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("drift", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(drift: int, fits: bool) -> None:
    made_at = datetime.fromtimestamp(1_111_111_111 // 30 * 30, UTC)
    found = APPS.step_of(SEALED, USER, "050471", made_at - timedelta(seconds=30 * drift))
    assert found == (1_111_111_111 // 30 if fits else None)


@pytest.mark.parametrize("code", ["", "050472", "50471", "0050471", "05047é", "050471" * 3, "abcdef"])
def test_anything_else_is_no_code(code: str) -> None:
    assert APPS.step_of(SEALED, USER, code, datetime.fromtimestamp(1_111_111_111, UTC)) is None


def test_a_code_may_be_typed_with_a_gap() -> None:
    assert APPS.step_of(SEALED, USER, " 050 471 ", datetime.fromtimestamp(1_111_111_111, UTC)) is not None


def test_a_secret_is_opened_for_its_person_and_under_its_platform_only() -> None:
    at = datetime.fromtimestamp(59, UTC)
    assert APPS.plain(SEALED, USER) == SECRET
    assert SECRET not in SEALED
    assert APPS.seal(SECRET, USER) != SEALED
    assert APPS.step_of(SEALED, new_id(), "287082", at) is None
    assert SealedAuthenticators("another platform").step_of(SEALED, USER, "287082", at) is None
    assert APPS.step_of("not sealed", USER, "287082", at) is None


def test_a_new_secret_has_160_bits_and_an_address_for_apps() -> None:
    plain = APPS.plain(APPS.new_secret(USER), USER)
    assert len(plain) * 5 == 160
    uri = urlsplit(APPS.key_uri(plain, "camille@reparo.example"))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Regrade:camille%40reparo.example")
    rows = APPS.picture(uri.geturl())
    # A square with the three finder patterns of ISO/IEC 18004 in its corners.
    assert {len(row) for row in rows} == {len(rows)}
    assert rows[0][:7] == rows[0][-7:] == rows[-1][:7] == "1111111"
    assert parse_qs(uri.query) == {"secret": [plain], "issuer": ["Regrade"]}
