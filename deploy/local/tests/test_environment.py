"""Secrets and variables: made once, closed to others, complete for every process."""

import base64
import stat
from pathlib import Path

import pytest

from launcher.environment import environment_of, load_secrets
from launcher.ports import Ports


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = load_secrets(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_secrets(path) == first
    assert load_secrets(tmp_path / "other.json") != first


def test_secret_added_in_a_later_version_joins_the_kept_ones(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"internal_token": "kept"}')
    secret = load_secrets(path)
    assert secret["internal_token"] == "kept"
    assert secret["operator_password"]


def test_webhook_secrets_follow_the_standard_webhooks_form(tmp_path: Path) -> None:
    secret = load_secrets(tmp_path / "secrets.json")
    prefix, key = secret["psp_webhook_secret"].split("_", 1)
    assert prefix == "whsec"
    # The specification asks for 24 to 64 bytes.
    assert 24 <= len(base64.b64decode(key, validate=True)) <= 64


def test_each_process_gets_its_own_port_and_database(tmp_path: Path) -> None:
    secret = load_secrets(tmp_path / "secrets.json")
    told = environment_of("orders", Ports(18080), secret, Path("/clone/markets"), {})
    assert told["REGRADE_PORT"] == "18083"
    password = secret["orders_database_password"]
    assert told["REGRADE_DATABASE_URL"] == f"postgresql+asyncpg://orders:{password}@127.0.0.1:18087/orders"
    assert told["REGRADE_KAFKA"] == "127.0.0.1:18088"
    assert told["REGRADE_SMTP"] == "127.0.0.1:18090"
    assert told["REGRADE_PSP_URL"] == "http://127.0.0.1:18086/psp/v1"
    assert told["REGRADE_PAYMENTS_URL"] == "http://127.0.0.1:18084"


def test_a_persons_own_variables_do_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGRADE_DATABASE_URL", "postgresql+asyncpg://production")
    monkeypatch.setenv("REGRADE_FAILPOINTS", "relay:1")
    told = environment_of("orders", Ports(18080), load_secrets(tmp_path / "s"), tmp_path, {"REGRADE_ORDINAL": "1"})
    assert "production" not in told["REGRADE_DATABASE_URL"]
    assert "REGRADE_FAILPOINTS" not in told
    assert told["REGRADE_ORDINAL"] == "1"
