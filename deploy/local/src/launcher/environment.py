"""The REGRADE_* variables every process gets, and the secrets in them: made once, kept in a file only the owner may read."""

import base64
import json
import os
import secrets
import uuid
from collections.abc import Mapping
from pathlib import Path

from launcher.ports import LOOPBACK, Ports

SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales")
# Who has a database of their own.
DATABASES = (*SERVICES, "gateway", "sandbox")
OPERATOR_EMAIL = "operator@regrade.example"


def load_secrets(path: Path) -> dict[str, str]:
    """Read the secrets, making those that are not there yet; a secret once made never changes."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    complete = _fresh_secrets() | kept
    if complete != kept:
        unfinished = path.with_suffix(".unfinished")
        # Created closed: a file opened first and closed later could be read in between.
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(complete, file, indent=2)
        unfinished.rename(path)
    return complete


def environment_of(
    name: str, ports: Ports, secret: Mapping[str, str], markets: Path, extra: Mapping[str, str]
) -> dict[str, str]:
    """All variables for the process `name`. What the caller has set as REGRADE_* does not leak in; `extra` wins."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("REGRADE_")}
    # Seven processes start at once: without kept byte code each would compile everything anew.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    urls = {f"REGRADE_{other.upper()}_URL": ports.url(other) for other in (*SERVICES, "gateway", "sandbox")}
    own = {
        "PYTHONUNBUFFERED": "1",
        "REGRADE_HOST": LOOPBACK,
        "REGRADE_PORT": str(ports.of(name)),
        "REGRADE_DATABASE_URL": database_url(name, ports, secret),
        "REGRADE_KAFKA": ports.address("kafka"),
        "REGRADE_INTERNAL_TOKEN": secret["internal_token"],
        "REGRADE_SANDBOX_MODE": "1",
        "REGRADE_MARKETS_DIR": str(markets),
        "REGRADE_ORDINAL": "0",
        "REGRADE_LOG_FORMAT": "json",
        "REGRADE_PSP_URL": f"{ports.url('sandbox')}/psp/v1",
        "REGRADE_PSP_API_KEY": secret["psp_api_key"],
        "REGRADE_PSP_WEBHOOK_SECRET": secret["psp_webhook_secret"],
        "REGRADE_CARRIER_WEBHOOK_SECRET": secret["carrier_webhook_secret"],
        "REGRADE_SMTP": ports.address("mailbox"),
        "REGRADE_OPERATOR_EMAIL": OPERATOR_EMAIL,
        "REGRADE_OPERATOR_PASSWORD": secret["operator_password"],
        "REGRADE_OPERATOR_API_KEY": secret["operator_api_key"],
        "REGRADE_AUDITOR_API_KEY": secret["auditor_api_key"],
    }
    return {**inherited, **urls, **own, **extra}


def database_url(name: str, ports: Ports, secret: Mapping[str, str]) -> str:
    password = secret[f"{name}_database_password"]
    return f"postgresql+asyncpg://{name}:{password}@{ports.address('postgres')}/{name}"


def _fresh_secrets() -> dict[str, str]:
    return {
        "postgres_admin_password": secrets.token_hex(24),
        **{f"{name}_database_password": secrets.token_hex(24) for name in DATABASES},
        "internal_token": secrets.token_hex(32),
        "psp_api_key": f"psp_{secrets.token_hex(24)}",
        "psp_webhook_secret": _webhook_secret(),
        "carrier_webhook_secret": _webhook_secret(),
        "operator_password": secrets.token_urlsafe(18),
        "operator_api_key": _api_key(),
        "auditor_api_key": _api_key(),
    }


def _webhook_secret() -> str:
    # The form of the Standard Webhooks specification.
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _api_key() -> str:
    return f"rgk_{uuid.uuid4().hex}_{secrets.token_hex(32)}"
