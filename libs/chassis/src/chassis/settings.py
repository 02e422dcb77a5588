"""The environment variables every process shares, typed; each service's settings add their own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class SettingMissing(Exception):
    """A needed environment variable is not set, or not of its type."""


@dataclass(frozen=True)
class Settings:
    """See `docs/how-to/configure.md` for the meaning of each variable."""

    host: str
    port: int
    database_url: str
    kafka: str
    internal_token: str
    sandbox_mode: bool
    markets_dir: Path
    ordinal: int
    log_format: str
    gateway_url: str
    accounts_url: str
    catalog_url: str
    orders_url: str
    payments_url: str
    aftersales_url: str
    environment: Mapping[str, str]

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the variables, or say which one is missing."""
        env = os.environ if environment is None else environment

        def need(name: str) -> str:
            try:
                return env[f"REGRADE_{name}"]
            except KeyError:
                raise SettingMissing(f"the environment variable REGRADE_{name} is not set") from None

        return cls(
            host=env.get("REGRADE_HOST", "127.0.0.1"),
            port=int(need("PORT")),
            database_url=need("DATABASE_URL"),
            kafka=need("KAFKA"),
            internal_token=need("INTERNAL_TOKEN"),
            sandbox_mode=env.get("REGRADE_SANDBOX_MODE", "0") == "1",
            markets_dir=Path(need("MARKETS_DIR")),
            ordinal=int(env.get("REGRADE_ORDINAL", "0")),
            log_format=env.get("REGRADE_LOG_FORMAT", "json"),
            gateway_url=need("GATEWAY_URL"),
            accounts_url=need("ACCOUNTS_URL"),
            catalog_url=need("CATALOG_URL"),
            orders_url=need("ORDERS_URL"),
            payments_url=need("PAYMENTS_URL"),
            aftersales_url=need("AFTERSALES_URL"),
            environment=env,
        )

    def need(self, name: str) -> str:
        """One more variable (without its REGRADE_ prefix) that only this service needs."""
        try:
            return self.environment[f"REGRADE_{name}"]
        except KeyError:
            raise SettingMissing(f"the environment variable REGRADE_{name} is not set") from None
