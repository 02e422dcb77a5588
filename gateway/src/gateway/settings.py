"""What the gateway needs beside the shared settings; read by `main` only."""

from dataclasses import dataclass
from typing import Self

from chassis.settings import Settings


@dataclass(frozen=True)
class GatewaySettings:
    """Where the mail server is, and how much one caller may ask for."""

    smtp_host: str
    smtp_port: int
    # None for a mail server next door that asks for no password.
    smtp_username: str | None
    smtp_password: str | None
    # The From header of our mails.
    mail_from: str
    sandbox_url: str | None
    # In the notation of the `limits` library, such as "1200/minute".
    rate_per_caller: str
    rate_per_address_unsigned: str

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Read the gateway's own variables."""
        host, _, port = settings.need("SMTP").rpartition(":")
        return cls(
            smtp_host=host,
            smtp_port=int(port),
            smtp_username=settings.environment.get("REGRADE_SMTP_USERNAME"),
            smtp_password=settings.environment.get("REGRADE_SMTP_PASSWORD"),
            mail_from=settings.environment.get("REGRADE_MAIL_FROM", "Regrade <no-reply@regrade.example>"),
            sandbox_url=settings.need("SANDBOX_URL") if settings.sandbox_mode else None,
            rate_per_caller=settings.environment.get("REGRADE_RATE_PER_CALLER", "1200/minute"),
            rate_per_address_unsigned=settings.environment.get("REGRADE_RATE_PER_ADDRESS", "120/minute"),
        )
