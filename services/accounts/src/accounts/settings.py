"""The environment variables that only accounts needs, typed; read by main only."""

from dataclasses import dataclass
from typing import Self

from chassis.settings import Settings


@dataclass(frozen=True)
class AccountsSettings:
    """See `docs/how-to/configure.md`. `vies_requester` is the platform's own VAT number, if it has one."""

    sandbox_url: str
    operator_email: str
    operator_password: str
    operator_api_key: str
    auditor_api_key: str
    vies_requester: str | None

    @classmethod
    def read(cls, settings: Settings) -> Self:
        """Read the variables, or say which one is missing."""
        return cls(
            sandbox_url=settings.need("SANDBOX_URL"),
            operator_email=settings.need("OPERATOR_EMAIL"),
            operator_password=settings.need("OPERATOR_PASSWORD"),
            operator_api_key=settings.need("OPERATOR_API_KEY"),
            auditor_api_key=settings.need("AUDITOR_API_KEY"),
            vies_requester=settings.environment.get("REGRADE_VIES_REQUESTER"),
        )
