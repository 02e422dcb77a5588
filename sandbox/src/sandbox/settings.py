"""The sandbox's environment variables, typed; read by main only."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class SandboxRefused(Exception):
    """The process must not start with this environment; the message says why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the sandbox listens, where it keeps its state and whom it calls.

    `public_url` is the name under which a buyer's browser finds the hosted card page, empty where it is the address
    that the platform uses. `hang_seconds_max` is how long a hanging answer holds its connection,
    `settle_after_seconds` how long a pay-out or refund is on its way, `webhook_timeout_seconds` how long a receiver
    may take; all in real time.
    """

    host: str
    port: int
    smtp_host: str
    smtp_port: int
    database_url: str = field(repr=False)
    gateway_url: str
    psp_api_key: str = field(repr=False)
    psp_webhook_secret: str = field(repr=False)
    carrier_webhook_secret: str = field(repr=False)
    public_url: str = ""
    log_format: str = "console"
    hang_seconds_max: float = 30.0
    settle_after_seconds: float = 0.5
    webhook_timeout_seconds: float = 10.0


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the variables every process gets; refuse where this simulator must never run.

    Raises SandboxRefused with a sentence that names the variable.
    """
    if environment.get("REGRADE_SANDBOX_MODE") != "1":
        raise SandboxRefused("The sandbox plays bank and payment provider: it starts only with REGRADE_SANDBOX_MODE=1.")
    smtp_host, smtp_port = _host_and_port(_required(environment, "REGRADE_SMTP"))
    return Settings(
        host=environment.get("REGRADE_HOST", "127.0.0.1"),
        port=int(_required(environment, "REGRADE_PORT")),
        smtp_host=smtp_host,
        smtp_port=smtp_port,
        database_url=_required(environment, "REGRADE_DATABASE_URL"),
        gateway_url=_required(environment, "REGRADE_GATEWAY_URL").rstrip("/"),
        psp_api_key=_required(environment, "REGRADE_PSP_API_KEY"),
        psp_webhook_secret=_required(environment, "REGRADE_PSP_WEBHOOK_SECRET"),
        carrier_webhook_secret=_required(environment, "REGRADE_CARRIER_WEBHOOK_SECRET"),
        public_url=environment.get("REGRADE_SANDBOX_PUBLIC_URL", "").rstrip("/"),
        log_format=environment.get("REGRADE_LOG_FORMAT", "console"),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SandboxRefused(f"The environment variable {name} is missing.")
    return value


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise SandboxRefused("REGRADE_SMTP must look like 127.0.0.1:8090.")
    return host, int(port)
