"""Refresh tokens that cannot be made up, and devices that name nobody."""

import pytest

from accounts.domain.device import device_of
from accounts.domain.errors import RefreshRefused
from accounts.domain.refresh_tokens import RefreshToken, RefreshTokens
from accounts.domain.revocation import MATTERS_FOR
from accounts.domain.scopes import GRANT_SECONDS
from accounts.domain.session import Device
from chassis.kernel.ids import new_id
from chassis.web.auth import LEEWAY_SECONDS
from chassis.web.revocations import KEPT_SECONDS, MAKING_SECONDS

TOKENS = RefreshTokens("internal")
TOKEN = RefreshToken(new_id(), 7)


def test_a_refresh_token_is_read_back_and_is_the_same_each_time() -> None:
    assert TOKENS.write(TOKEN) == TOKENS.write(TOKEN)
    assert TOKENS.read(TOKENS.write(TOKEN)) == TOKEN


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        "rgs_" + "0" * 32 + "_1_" + "0" * 64,
        RefreshTokens("another platform").write(TOKEN),
        TOKENS.write(TOKEN).replace("_7_", "_8_"),
        TOKENS.write(TOKEN).replace(TOKEN.session_id.hex, new_id().hex),
        TOKENS.write(TOKEN) + "0",
        TOKENS.write(TOKEN).replace("_7_", "_é_"),
    ],
)
def test_a_made_up_refresh_token_is_refused(forged: str) -> None:
    with pytest.raises(RefreshRefused):
        TOKENS.read(forged)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("unknown", None),
        (None, None),
    ],
)
def test_of_an_address_the_network_is_kept(address: str | None, network: str | None) -> None:
    assert device_of(address, None) == Device(network, None)


@pytest.mark.parametrize(
    ("user_agent", "agent"),
    [
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox"),
        ("python-httpx/0.28 secret-build-42", "program"),
        (None, None),
    ],
)
def test_of_a_browser_its_name_is_kept(user_agent: str | None, agent: str | None) -> None:
    assert device_of(None, user_agent).agent == agent


def test_a_revocation_is_remembered_for_longer_than_any_token_lives() -> None:
    longest = GRANT_SECONDS + LEEWAY_SECONDS + MAKING_SECONDS
    assert longest < KEPT_SECONDS
    assert MATTERS_FOR.total_seconds() > longest
